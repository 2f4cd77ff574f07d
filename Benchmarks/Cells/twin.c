// C twins of the four common cell models with shared constants; same flags, same data, same protocol as cells.swift.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct {
    int32_t v_rest, resistance, decay, v_reset, threshold, refractory_steps, offset, e_rev_E, e_rev_I, scale;
    int32_t a, b, c, d, step;
    uint32_t syn_decay, syn_init, shift;
} constants;

typedef struct {
    int32_t *restrict v, *restrict w, *restrict h, *restrict exc, *restrict inh;
    uint16_t *restrict in0, *restrict in1;
    uint8_t *restrict fired;
} group;

static inline int32_t mul(int32_t a, int32_t b) { return (int32_t)(((int64_t)a * b) >> 15); }
static inline int32_t decay(int32_t x, uint32_t d) { return (int32_t)(((int64_t)x * (int64_t)(uint64_t)d) >> 32); }
static inline int32_t parabola(int32_t v) { return mul((5 << 15) + mul(1311, v), v); }

enum { CURRENT, CONDUCTANCE, DELTA };

static inline __attribute__((always_inline)) void step(
    int input, int izhikevich, constants k, int32_t *restrict v, int32_t *restrict w, int32_t *restrict h,
    int32_t *restrict exc, int32_t *restrict inh, uint16_t *restrict in0, uint16_t *restrict in1,
    uint8_t *restrict fired, int n)
{
    for (int i = 0; i < n; i++) {
        int32_t x = (int32_t)((uint32_t)in0[i] << k.shift), y = (int32_t)((uint32_t)in1[i] << k.shift);
        in0[i] = 0;
        in1[i] = 0;
        x = exc[i] + (input == DELTA ? x : decay(x, k.syn_init));
        y = inh[i] + (input == DELTA ? y : decay(y, k.syn_init));
        int32_t V = v[i], current = k.offset;
        if (input == CURRENT) current += x - y;
        if (input == DELTA) current += mul(x, k.scale) - mul(y, k.scale);
        if (input == CONDUCTANCE) current += mul(x >> 10, k.e_rev_E - V) - mul(-(y >> 10), k.e_rev_I - V);
        if (izhikevich) {
            int32_t U = w[i], H = h[i];
            int32_t pre = (140 << 15) + current - U, alpha = pre + parabola(V);
            int32_t eta = V + (mul(H, alpha) >> 1), ah = mul(k.a, H), beta = mul(ah, mul(k.b, V) - U) >> 1;
            V += mul(H, pre - beta + parabola(eta));
            U += mul(ah, -U - beta + mul(k.b, eta));
            int f = V >= k.threshold;
            v[i] = f ? k.c : V;
            w[i] = f ? U + k.d : U;
            h[i] = f ? mul(k.step, 60620) : k.step;
            fired[i] = f;
        } else {
            int32_t alpha = mul(current, k.resistance) + k.v_rest, relaxed = alpha - mul(k.decay, alpha - V);
            int active = w[i] <= 0;
            V = active ? relaxed : V;
            int32_t timer = active ? w[i] : w[i] - 1;
            int f = V >= k.threshold;
            v[i] = f ? k.v_reset : V;
            w[i] = f ? k.refractory_steps : timer;
            fired[i] = f;
        }
        exc[i] = input == DELTA ? 0 : decay(x, k.syn_decay);
        inh[i] = input == DELTA ? 0 : decay(y, k.syn_decay);
    }
}

#define TWIN(name, input, izhikevich) \
    __attribute__((noinline)) static void name(const constants *k, const group *g, int n) { \
        step(input, izhikevich, *k, g->v, g->w, g->h, g->exc, g->inh, g->in0, g->in1, g->fired, n); \
    }
TWIN(if_curr_exp, CURRENT, 0)
TWIN(if_cond_exp, CONDUCTANCE, 0)
TWIN(if_curr_delta, DELTA, 0)
TWIN(izhikevich, CURRENT, 1)

static void *array(size_t bytes)
{
    void *words = aligned_alloc(64, (bytes + 319) / 64 * 64);
    memset(words, 0, bytes);
    return words;
}

static double nanoseconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1e9 + t.tv_nsec;
}

int main(int argc, char **argv)
{
    int n = argc > 1 ? atoi(argv[1]) : 2048;
    group g = {array(4 * n), array(4 * n), array(4 * n), array(4 * n), array(4 * n), array(2 * n), array(2 * n), array(n)};
    constants k = {-2129920, 655360, 31170, -2129920, -1638400, 2, 22938, 0, -2293760, 32768,
                   655, 6554, -2129920, 65536, 32768, 3516490311u, 3892384920u, 3};
    void (*twins[])(const constants *, const group *, int) = {if_curr_exp, if_cond_exp, if_curr_delta, izhikevich};
    const char *names[] = {"IF_curr_exp", "IF_cond_exp", "IF_curr_delta", "Izhikevich"};
    for (int m = 0; m < 4; m++) {
        double best = 1e9;
        k.threshold = m == 3 ? 983040 : -1638400;
        for (int trial = 0; trial < 60; trial++) {
            double start = nanoseconds();
            for (int j = 0; j < 200; j++) twins[m](&k, &g, n);
            double each = (nanoseconds() - start) / 200 / n;
            if (each < best) best = each;
        }
        printf("%s C twin: fused %.3f\n", names[m], best);
    }
}
