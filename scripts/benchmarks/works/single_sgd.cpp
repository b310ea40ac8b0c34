// One 16-6-6-2 network, one random sample a step: ReLU, ReLU, softmax, mean squared error.
#include <cmath>

#include "philox.h"
#include "vectors.h"

constexpr int N0 = 16, N1 = 6, N2 = 6, N3 = 2;

// The plain program: fixed sizes, arrays on the stack, everything else left to the compiler.
struct Network {
    float w1[N0][N1], b1[N1], w2[N1][N2], b2[N2], w3[N2][N3], b3[N3];
};

static inline float step_plain(Network &q, const float *__restrict x, const float *__restrict t,
                               float rate) {
    float a1[N1], a2[N2], p[N3], d3[N3], d2[N2], d1[N1];
    for (int j = 0; j < N1; j++) a1[j] = q.b1[j];
    for (int i = 0; i < N0; i++)
        for (int j = 0; j < N1; j++) a1[j] += x[i] * q.w1[i][j];
    for (int j = 0; j < N1; j++) a1[j] = std::max(a1[j], 0.0f);
    for (int j = 0; j < N2; j++) a2[j] = q.b2[j];
    for (int i = 0; i < N1; i++)
        for (int j = 0; j < N2; j++) a2[j] += a1[i] * q.w2[i][j];
    for (int j = 0; j < N2; j++) a2[j] = std::max(a2[j], 0.0f);
    for (int j = 0; j < N3; j++) p[j] = q.b3[j];
    for (int i = 0; i < N2; i++)
        for (int j = 0; j < N3; j++) p[j] += a2[i] * q.w3[i][j];
    float top = std::max(p[0], p[1]), sum = 0.0f, mean = 0.0f, loss = 0.0f;
    for (int j = 0; j < N3; j++) sum += p[j] = std::exp(p[j] - top);
    for (int j = 0; j < N3; j++) {
        p[j] /= sum;
        d3[j] = (2.0f / N3) * (p[j] - t[j]);
        loss += (p[j] - t[j]) * (p[j] - t[j]) / N3;
        mean += d3[j] * p[j];
    }
    for (int j = 0; j < N3; j++) d3[j] = p[j] * (d3[j] - mean);
    for (int i = 0; i < N2; i++) {
        float wish = 0.0f;
        for (int j = 0; j < N3; j++) wish += q.w3[i][j] * d3[j];
        d2[i] = a2[i] > 0.0f ? wish : 0.0f;
    }
    for (int i = 0; i < N1; i++) {
        float wish = 0.0f;
        for (int j = 0; j < N2; j++) wish += q.w2[i][j] * d2[j];
        d1[i] = a1[i] > 0.0f ? wish : 0.0f;
    }
    for (int j = 0; j < N3; j++) q.b3[j] -= rate * d3[j];
    for (int i = 0; i < N2; i++)
        for (int j = 0; j < N3; j++) q.w3[i][j] -= rate * a2[i] * d3[j];
    for (int j = 0; j < N2; j++) q.b2[j] -= rate * d2[j];
    for (int i = 0; i < N1; i++)
        for (int j = 0; j < N2; j++) q.w2[i][j] -= rate * a1[i] * d2[j];
    for (int j = 0; j < N1; j++) q.b1[j] -= rate * d1[j];
    for (int i = 0; i < N0; i++)
        for (int j = 0; j < N1; j++) q.w1[i][j] -= rate * x[i] * d1[j];
    return loss;
}

extern "C" double train_plain(const float *x, const float *t, int64_t samples, uint64_t seed,
                              int64_t steps, float rate, float *parameters) {
    static_assert(sizeof(Network) == 158 * sizeof(float), "no padding");
    Network q;
    std::memcpy(&q, parameters, sizeof q);
    double total = 0.0;
    for (int64_t step = 0; step < steps; step++) {
        int64_t k = draw(seed, step, samples);
        total += step_plain(q, x + k * N0, t + k * N3, rate);
    }
    std::memcpy(parameters, &q, sizeof q);
    return total / steps;
}

// The same with vectors of 8, each holding what leaves one unit (or, in the transposed copies that
// the way back reads, what enters it); lanes past a layer's last unit stay zero.
typedef float U __attribute__((vector_size(32)));
typedef int32_t J __attribute__((vector_size(32)));

static inline U lane(U v, int k) { return __builtin_shuffle(v, J{} + k); }
static inline U all(float x) { return x - U{}; }
static inline U positive(U v) { return v > 0.0f ? v : U{}; }
static inline float sum(U v) {
    return ((v[0] + v[4]) + (v[1] + v[5])) + ((v[2] + v[6]) + (v[3] + v[7]));
}

// exp(x) for x <= 0, as in vectors.h.
static inline float exp_scalar(float x) {
    x = std::max(x, -87.0f);
    int32_t n = int32_t(x * 1.44269504f - 0.5f);
    float r = x - n * 0.693359375f + n * 2.12194440e-4f;
    float q = r * r;
    float low = 5.0000001201e-1f + r * 1.6666665459e-1f;
    float middle = 4.1665795894e-2f + r * 8.3334519073e-3f;
    float high = 1.3981999507e-3f + r * 1.9875691500e-4f;
    float y = (low + q * (middle + q * high)) * q + (r + 1.0f);
    int32_t power = (n + 127) << 23;
    float scale;
    std::memcpy(&scale, &power, sizeof scale);
    return y * scale;
}

extern "C" double train_vectors(const float *x, const float *t, int64_t samples, uint64_t seed,
                                int64_t steps, float rate, float *parameters) {
    U w1[N0] = {}, b1 = {}, w2[N1] = {}, t2[N2] = {}, b2 = {}, t3[N3] = {};
    float b3[N3];
    const float *from = parameters;
    for (int i = 0; i < N0; i++)
        for (int j = 0; j < N1; j++) w1[i][j] = *from++;
    for (int j = 0; j < N1; j++) b1[j] = *from++;
    for (int i = 0; i < N1; i++)
        for (int j = 0; j < N2; j++) w2[i][j] = t2[j][i] = *from++;
    for (int j = 0; j < N2; j++) b2[j] = *from++;
    for (int i = 0; i < N2; i++)
        for (int j = 0; j < N3; j++) t3[j][i] = *from++;
    for (int j = 0; j < N3; j++) b3[j] = *from++;

    double total = 0.0;
    for (int64_t step = 0; step < steps; step++) {
        int64_t k = draw(seed, step, samples);
        const float *in = x + k * N0, *want = t + k * N3;
        U c[4] = {b1, {}, {}, {}};
#pragma GCC unroll 16
        for (int i = 0; i < N0; i++) c[i % 4] += all(in[i]) * w1[i];
        U a1 = positive((c[0] + c[1]) + (c[2] + c[3]));
        U out1[N1], e0 = b2, e1 = {};
#pragma GCC unroll 16
        for (int i = 0; i < N1; i++) {
            out1[i] = lane(a1, i);
            (i % 2 ? e1 : e0) += out1[i] * w2[i];
        }
        U a2 = positive(e0 + e1);
        // Two outputs: the softmax is a function of their difference.
        float d = sum(a2 * (t3[0] - t3[1])) + (b3[0] - b3[1]);
        float e = exp_scalar(-std::abs(d));
        float one = 1.0f / (1.0f + e), other = e * one;
        float p0 = d > 0.0f ? one : other, p1 = d > 0.0f ? other : one;
        float g0 = (2.0f / N3) * (p0 - want[0]), g1 = (2.0f / N3) * (p1 - want[1]);
        total += (p0 - want[0]) * (p0 - want[0]) / N3 + (p1 - want[1]) * (p1 - want[1]) / N3;
        // p0 (g0 - (g0 p0 + g1 p1)) with p1 = 1 - p0, and its opposite.
        float s = p0 * p1 * (g0 - g1);
        U d2 = a2 > 0.0f ? s * (t3[0] - t3[1]) : U{};
        U in2[N2], f0 = {}, f1 = {};
#pragma GCC unroll 16
        for (int j = 0; j < N2; j++) {
            in2[j] = lane(d2, j);
            (j % 2 ? f1 : f0) += in2[j] * t2[j];
        }
        U d1 = a1 > 0.0f ? f0 + f1 : U{};
        U m1 = rate * d1, m2 = rate * d2, r1 = rate * a1, m3 = (rate * s) * a2;
#pragma GCC unroll 16
        for (int i = 0; i < N0; i++) w1[i] -= all(in[i]) * m1;
        b1 -= m1;
#pragma GCC unroll 16
        for (int i = 0; i < N1; i++) w2[i] -= out1[i] * m2;
#pragma GCC unroll 16
        for (int j = 0; j < N2; j++) t2[j] -= in2[j] * r1;
        b2 -= m2;
        t3[0] -= m3;
        t3[1] += m3;
        b3[0] -= rate * s;
        b3[1] += rate * s;
    }
    float *to = parameters;
    for (int i = 0; i < N0; i++)
        for (int j = 0; j < N1; j++) *to++ = w1[i][j];
    for (int j = 0; j < N1; j++) *to++ = b1[j];
    for (int i = 0; i < N1; i++)
        for (int j = 0; j < N2; j++) *to++ = w2[i][j];
    for (int j = 0; j < N2; j++) *to++ = b2[j];
    for (int i = 0; i < N2; i++)
        for (int j = 0; j < N3; j++) *to++ = t3[j][i];
    for (int j = 0; j < N3; j++) *to++ = b3[j];
    return total / steps;
}
