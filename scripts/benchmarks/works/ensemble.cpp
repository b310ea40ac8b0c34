// Full-batch training of many networks: each tile of LANES networks makes all its steps at once.
#include <cmath>

#include "ensemble.h"

template <bool ADAM>
static void train(const float *x, const float *t, int samples, const float *from, int n, int steps,
                  float rate, int threads, float *to, float *losses) {
    share((n + LANES - 1) / LANES, threads, [=](int k) {
        alignas(BYTES) V p[COUNT], g[COUNT], m[ADAM ? COUNT : 1], v[ADAM ? COUNT : 1];
        Answers r;
        gather(from, k * LANES, n, p);
        if (ADAM)
            for (int i = 0; i < COUNT; i++) m[i] = v[i] = V{};
        for (int step = 1; step <= steps; step++) {
            for (int i = 0; i < COUNT; i++) g[i] = V{};
            for (int s = 0; s < samples; s += BLOCK) {
                forward(p, x + s * N0, r);
                backward(p, x + s * N0, t + s * N3, r, g);
            }
            float share = 1.0f / samples;
            if (ADAM) {
                float first = float(rate / (1.0 - std::pow(0.9, step)));
                float second = float(1.0 / std::sqrt(1.0 - std::pow(0.999, step)));
                for (int i = 0; i < COUNT; i++) {
                    V slope = g[i] * share;
                    m[i] = 0.9f * m[i] + 0.1f * slope;
                    v[i] = 0.999f * v[i] + 0.001f * slope * slope;
                    p[i] -= first * m[i] / (root(v[i]) * second + 1e-8f);
                }
            } else {
                for (int i = 0; i < COUNT; i++) p[i] -= rate * share * g[i];
            }
        }
        V sum = {};
        for (int s = 0; s < samples; s += BLOCK) {
            forward(p, x + s * N0, r);
            sum += errors(r, t + s * N3);
        }
        for (int j = 0; j < LANES && k * LANES + j < n; j++)
            losses[k * LANES + j] = sum[j] / (N3 * samples);
        scatter(p, k * LANES, n, to);
    });
}

extern "C" void train_gd(const float *x, const float *t, int samples, const float *from, int n,
                         int steps, float rate, int threads, float *to, float *losses) {
    train<false>(x, t, samples, from, n, steps, rate, threads, to, losses);
}

extern "C" void train_adam(const float *x, const float *t, int samples, const float *from, int n,
                           int steps, float rate, int threads, float *to, float *losses) {
    train<true>(x, t, samples, from, n, steps, rate, threads, to, losses);
}
