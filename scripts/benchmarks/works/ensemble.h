// 16-6-6-2 networks, ReLU, ReLU, softmax, mean squared error: a vector holds the same parameter of
// LANES networks, and a block of samples shares every load of it.
#pragma once

#include "vectors.h"

constexpr int N0 = 16, N1 = 6, N2 = 6, N3 = 2;
constexpr int W1 = 0, B1 = W1 + N0 * N1, W2 = B1 + N1, B2 = W2 + N1 * N2, W3 = B2 + N2,
              B3 = W3 + N2 * N3, COUNT = B3 + N3;
#ifndef BLOCK
#define BLOCK 4
#endif
#define UNROLL _Pragma("GCC unroll 16")

struct Answers {
    V a1[BLOCK][N1], a2[BLOCK][N2], p[BLOCK][N3];
};

static inline __attribute__((always_inline)) void forward(const V *__restrict p,
                                                          const float *__restrict x, Answers &r) {
    V z1[BLOCK][N1];
    UNROLL for (int s = 0; s < BLOCK; s++) UNROLL for (int j = 0; j < N1; j++) z1[s][j] = p[B1 + j];
#pragma GCC unroll 1
    for (int i = 0; i < N0; i++) {
        UNROLL for (int s = 0; s < BLOCK; s++) {
            V in = splat(x[s * N0 + i]);
            UNROLL for (int j = 0; j < N1; j++) z1[s][j] += in * p[W1 + i * N1 + j];
        }
    }
    UNROLL for (int s = 0; s < BLOCK; s++) UNROLL for (int j = 0; j < N1; j++) r.a1[s][j] =
        largest(z1[s][j], V{});
    V z2[BLOCK][N2];
    UNROLL for (int s = 0; s < BLOCK; s++) UNROLL for (int j = 0; j < N2; j++) z2[s][j] = p[B2 + j];
    UNROLL for (int i = 0; i < N1; i++) UNROLL for (int s = 0; s < BLOCK; s++)
        UNROLL for (int j = 0; j < N2; j++) z2[s][j] += r.a1[s][i] * p[W2 + i * N2 + j];
    UNROLL for (int s = 0; s < BLOCK; s++) UNROLL for (int j = 0; j < N2; j++) r.a2[s][j] =
        largest(z2[s][j], V{});
    UNROLL for (int s = 0; s < BLOCK; s++) {
        V z3[N3];
        UNROLL for (int j = 0; j < N3; j++) z3[j] = p[B3 + j];
        UNROLL for (int i = 0; i < N2; i++) UNROLL for (int j = 0; j < N3; j++) z3[j] +=
            r.a2[s][i] * p[W3 + i * N3 + j];
        // Two outputs: the larger one's exponential is 1.
        V d = z3[0] - z3[1];
        V e = exp_negative(d > 0.0f ? -d : d);
        V one = 1.0f / (1.0f + e), other = e * one;
        r.p[s][0] = d > 0.0f ? one : other;
        r.p[s][1] = d > 0.0f ? other : one;
    }
}

// Sum over the outputs and the block of the squared errors.
static inline __attribute__((always_inline)) V errors(const Answers &r, const float *__restrict t) {
    V sum = {};
    UNROLL for (int s = 0; s < BLOCK; s++) UNROLL for (int j = 0; j < N3; j++) {
        V apart = r.p[s][j] - t[s * N3 + j];
        sum += apart * apart;
    }
    return sum;
}

// Adds the gradient of (1 / N3) times the squared errors of a block to g.
static inline __attribute__((always_inline)) void backward(const V *__restrict p,
                                                           const float *__restrict x,
                                                           const float *__restrict t,
                                                           const Answers &r, V *__restrict g) {
    V d3[BLOCK][N3], d2[BLOCK][N2], d1[BLOCK][N1];
    UNROLL for (int s = 0; s < BLOCK; s++) {
        V e[N3], mean = {};
        UNROLL for (int j = 0; j < N3; j++) {
            e[j] = (2.0f / N3) * (r.p[s][j] - t[s * N3 + j]);
            mean += e[j] * r.p[s][j];
        }
        UNROLL for (int j = 0; j < N3; j++) d3[s][j] = r.p[s][j] * (e[j] - mean);
    }
    UNROLL for (int j = 0; j < N3; j++) {
        V sum = g[B3 + j];
        UNROLL for (int s = 0; s < BLOCK; s++) sum += d3[s][j];
        g[B3 + j] = sum;
    }
    UNROLL for (int i = 0; i < N2; i++) {
        UNROLL for (int j = 0; j < N3; j++) {
            V sum = g[W3 + i * N3 + j];
            UNROLL for (int s = 0; s < BLOCK; s++) sum += r.a2[s][i] * d3[s][j];
            g[W3 + i * N3 + j] = sum;
        }
        UNROLL for (int s = 0; s < BLOCK; s++) {
            V sum = {};
            UNROLL for (int j = 0; j < N3; j++) sum += p[W3 + i * N3 + j] * d3[s][j];
            d2[s][i] = r.a2[s][i] > 0.0f ? sum : V{};
        }
    }
    UNROLL for (int j = 0; j < N2; j++) {
        V sum = g[B2 + j];
        UNROLL for (int s = 0; s < BLOCK; s++) sum += d2[s][j];
        g[B2 + j] = sum;
    }
    UNROLL for (int i = 0; i < N1; i++) {
        V wish[BLOCK] = {};
        UNROLL for (int j = 0; j < N2; j++) {
            V sum = g[W2 + i * N2 + j], w = p[W2 + i * N2 + j];
            UNROLL for (int s = 0; s < BLOCK; s++) {
                sum += r.a1[s][i] * d2[s][j];
                wish[s] += w * d2[s][j];
            }
            g[W2 + i * N2 + j] = sum;
        }
        UNROLL for (int s = 0; s < BLOCK; s++) d1[s][i] = r.a1[s][i] > 0.0f ? wish[s] : V{};
    }
    UNROLL for (int j = 0; j < N1; j++) {
        V sum = g[B1 + j];
        UNROLL for (int s = 0; s < BLOCK; s++) sum += d1[s][j];
        g[B1 + j] = sum;
    }
#pragma GCC unroll 1
    for (int i = 0; i < N0; i++) {
        V sum[N1];
        UNROLL for (int j = 0; j < N1; j++) sum[j] = g[W1 + i * N1 + j];
        UNROLL for (int s = 0; s < BLOCK; s++) {
            V in = splat(x[s * N0 + i]);
            UNROLL for (int j = 0; j < N1; j++) sum[j] += in * d1[s][j];
        }
        UNROLL for (int j = 0; j < N1; j++) g[W1 + i * N1 + j] = sum[j];
    }
}

// Lane k of tile vectors from and to row first + k of (n, COUNT); lanes past the end repeat row 0.
static inline void gather(const float *rows, int first, int n, V *tile) {
    for (int k = 0; k < LANES; k++) {
        const float *row = rows + (size_t)(first + k < n ? first + k : 0) * COUNT;
        for (int i = 0; i < COUNT; i++) ((float *)&tile[i])[k] = row[i];
    }
}

static inline void scatter(const V *tile, int first, int n, float *rows) {
    for (int k = 0; k < LANES && first + k < n; k++)
        for (int i = 0; i < COUNT; i++) rows[(size_t)(first + k) * COUNT + i] = ((float *)&tile[i])[k];
}
