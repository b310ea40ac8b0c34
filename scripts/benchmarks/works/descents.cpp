// Adam on Rosenbrock's function from many starts, which stay in registers for all their steps.
#include <cmath>

#include "vectors.h"

#ifndef TILES
#define TILES 3
#endif
#define UNROLL _Pragma("GCC unroll 16")

// Starts (n, 2) are overwritten with where they end; values (n,) with the function there.
extern "C" void descend(float *points, int n, int steps, double rate, int threads, float *values) {
    std::vector<float> first(steps), second(steps);
    for (int k = 0; k < steps; k++) {
        first[k] = float(rate / (1.0 - std::pow(0.9, k + 1)));
        second[k] = float(1.0 / std::sqrt(1.0 - std::pow(0.999, k + 1)));
    }
    const float *one = first.data(), *two = second.data();
    constexpr int WIDE = TILES * LANES;
    int tiles = (n + WIDE - 1) / WIDE, share_of = 64;
    share((tiles + share_of - 1) / share_of, threads, [=](int part) {
        for (int tile = part * share_of; tile < std::min(tiles, (part + 1) * share_of); tile++) {
            V x[TILES], y[TILES], mx[TILES] = {}, my[TILES] = {}, vx[TILES] = {}, vy[TILES] = {};
            for (int u = 0; u < TILES; u++)
                for (int j = 0; j < LANES; j++) {
                    size_t k = std::min(tile * WIDE + u * LANES + j, n - 1);
                    x[u][j] = points[2 * k];
                    y[u][j] = points[2 * k + 1];
                }
            for (int step = 0; step < steps; step++) {
                float c1 = one[step], c2 = two[step];
                UNROLL for (int u = 0; u < TILES; u++) {
                    V r = y[u] - x[u] * x[u];
                    V gx = 2.0f * x[u] - 2.0f - 400.0f * x[u] * r, gy = 200.0f * r;
                    mx[u] = 0.9f * mx[u] + 0.1f * gx;
                    my[u] = 0.9f * my[u] + 0.1f * gy;
                    vx[u] = 0.999f * vx[u] + 0.001f * gx * gx;
                    vy[u] = 0.999f * vy[u] + 0.001f * gy * gy;
                    x[u] -= c1 * mx[u] / (root(vx[u]) * c2 + 1e-8f);
                    y[u] -= c1 * my[u] / (root(vy[u]) * c2 + 1e-8f);
                }
            }
            for (int u = 0; u < TILES; u++)
                for (int j = 0; j < LANES; j++) {
                    size_t k = tile * WIDE + u * LANES + j;
                    if (k >= (size_t)n) break;
                    float a = 1.0f - x[u][j], r = y[u][j] - x[u][j] * x[u][j];
                    points[2 * k] = x[u][j];
                    points[2 * k + 1] = y[u][j];
                    values[k] = a * a + 100.0f * r * r;
                }
        }
    });
}
