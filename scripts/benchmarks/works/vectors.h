// One vector register of the machine, as GCC and Clang know it, and what the peers do with it.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <thread>
#include <vector>

#if defined(__AVX512F__)
constexpr int BYTES = 64;
#elif defined(__AVX__)
constexpr int BYTES = 32;
#else
constexpr int BYTES = 16;
#endif
constexpr int LANES = BYTES / sizeof(float);

typedef float V __attribute__((vector_size(BYTES)));
typedef int32_t I __attribute__((vector_size(BYTES)));

static inline V splat(float x) { return x - V{}; }
static inline V largest(V a, V b) { return a > b ? a : b; }

// The square root of every lane; the loop becomes one instruction.
static inline V root(V x) {
    V y;
    for (int k = 0; k < LANES; k++) y[k] = __builtin_sqrtf(x[k]);
    return y;
}

// exp(x) for x <= 0, good to about 2 ulp: x = n ln 2 + r, a polynomial in r, n into the exponent.
static inline V exp_negative(V x) {
    x = largest(x, splat(-87.0f));
    I n = __builtin_convertvector(x * 1.44269504f - 0.5f, I);
    V whole = __builtin_convertvector(n, V);
    V r = x - whole * 0.693359375f + whole * 2.12194440e-4f;
    V y = splat(1.9875691500e-4f);
    y = y * r + 1.3981999507e-3f;
    y = y * r + 8.3334519073e-3f;
    y = y * r + 4.1665795894e-2f;
    y = y * r + 1.6666665459e-1f;
    y = y * r + 5.0000001201e-1f;
    y = y * r * r + r + 1.0f;
    I power = (n + 127) << 23;
    V scale;
    std::memcpy(&scale, &power, sizeof scale);
    return y * scale;
}

// Calls work(k) for k = 0 ... n-1, each thread taking the next one that is free.
template <class Work>
static void share(int n, int threads, Work work) {
    std::atomic<int> next{0};
    auto loop = [&] {
        for (int k; (k = next.fetch_add(1)) < n;) work(k);
    };
    std::vector<std::thread> others;
    for (int t = 1; t < std::min(threads, n); t++) others.emplace_back(loop);
    loop();
    for (auto &other : others) other.join();
}
