// The loss at LANES points of a plane at a time.
#include "ensemble.h"

extern "C" void plane_losses(const float *x, const float *t, const float *origin,
                             const float *directions, const float *along, const float *across,
                             int samples, int n_x, int n_y, int threads, float *out) {
    int n = n_x * n_y;
    share((n + LANES - 1) / LANES, threads, [=](int k) {
        alignas(BYTES) V p[COUNT];
        V a, b;
        for (int j = 0; j < LANES; j++) {
            int point = std::min(k * LANES + j, n - 1);
            a[j] = along[point % n_x];
            b[j] = across[point / n_x];
        }
        for (int i = 0; i < COUNT; i++)
            p[i] = origin[i] + a * directions[i] + b * directions[COUNT + i];
        Answers r;
        V sum = {};
        for (int s = 0; s < samples; s += BLOCK) {
            forward(p, x + s * N0, r);
            sum += errors(r, t + s * N3);
        }
        for (int j = 0; j < LANES && k * LANES + j < n; j++)
            out[k * LANES + j] = sum[j] / (N3 * samples);
    });
}
