// Philox4x32-10 (Salmon et al. 2011), and the workbench's draw of one of n samples from it.
#pragma once

#include <cstdint>

static inline uint64_t philox_low(uint64_t seed, uint32_t stream, uint64_t counter) {
    uint32_t c0 = uint32_t(counter), c1 = uint32_t(counter >> 32), c2 = 0, c3 = stream;
    uint32_t k0 = uint32_t(seed), k1 = uint32_t(seed >> 32);
    for (int round = 0; round < 10; round++) {
        uint64_t p0 = uint64_t(0xD2511F53u) * c0, p1 = uint64_t(0xCD9E8D57u) * c2;
        c0 = uint32_t(p1 >> 32) ^ c1 ^ k0;
        c1 = uint32_t(p1);
        c2 = uint32_t(p0 >> 32) ^ c3 ^ k1;
        c3 = uint32_t(p0);
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
    return uint64_t(c1) << 32 | c0;
}

// The sample of a step: 53 random bits scaled to 0 ... n-1; stream 2 is that of the batches.
static inline int64_t draw(uint64_t seed, uint64_t step, int64_t n) {
    double uniform = double(int64_t(philox_low(seed, 2, step) >> 11)) * (1.0 / 9007199254740992.0);
    return int64_t(uniform * double(n));
}
