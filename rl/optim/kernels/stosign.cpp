// StoSignSGD on CPU in one pass over memory: EMA, maximum, Philox, sign, decay and rounding, tile by tile in cache.
//
// Computes exactly the operations of rule.py, states.py and weights.py, in their order and each rounded on its own:
// compile with -ffp-contract=off. Noise layout and field use: rule.py. Called through ctypes by native.py, which
// mirrors the two structs below.

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <thread>
#include <vector>
#if defined(__AVX512F__) || defined(__AVX2__)
#include <immintrin.h>
#endif

enum Weight { W_F32, W_BF16, W_BF16_STOCHASTIC, W_BF16_CORRECTED };
enum State { S_F32, S_BF16, S_8BIT };

extern "C" struct Task {
  void *weight, *momentum, *maximum, *correction;
  const void *grad;
  int64_t length, start;  // elements here, and the global index of the first
  uint32_t parameter;
  int32_t weight_kind, grad_is_bf16, state_kind;
};

extern "C" struct Settings {
  uint32_t seed_low, seed_high, step, e5m3_offset;
  float lr, decay, coupled, keep_momentum, take_grad, max_decay, idle_ratio;
  int32_t idle_skip, ignore_nonfinite, maximize;
};

namespace {

constexpr int64_t LANES = 32, TILE = 4 * LANES, UNIT = 2048 * TILE;
constexpr uint32_t M0 = 0xD2511F53u, M1 = 0xCD9E8D57u, W0 = 0x9E3779B9u, W1 = 0xBB67AE85u;

// ---- Philox: 64-bit slots that each hold one 32-bit word, because the multiplier reads the low and writes both halves

#if defined(__AVX512F__)
using Vec = __m512i;
constexpr int WIDTH = 8;
inline Vec splat(uint32_t x) { return _mm512_set1_epi64(x); }
inline Vec iota(uint32_t x) { return _mm512_add_epi64(splat(x), _mm512_setr_epi64(0, 1, 2, 3, 4, 5, 6, 7)); }
inline Vec mul(Vec a, Vec b) { return _mm512_mul_epu32(a, b); }
inline Vec mix(Vec p, Vec c, Vec k) { return _mm512_ternarylogic_epi64(_mm512_srli_epi64(p, 32), c, k, 0x96); }
inline void put(uint32_t *to, Vec a, Vec b) {
  const Vec low = _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
  _mm512_storeu_si512(to, _mm512_permutex2var_epi32(a, low, b));
}
#elif defined(__AVX2__)
using Vec = __m256i;
constexpr int WIDTH = 4;
inline Vec splat(uint32_t x) { return _mm256_set1_epi64x(x); }
inline Vec iota(uint32_t x) { return _mm256_add_epi64(splat(x), _mm256_setr_epi64x(0, 1, 2, 3)); }
inline Vec mul(Vec a, Vec b) { return _mm256_mul_epu32(a, b); }
inline Vec mix(Vec p, Vec c, Vec k) {
  return _mm256_xor_si256(_mm256_xor_si256(_mm256_srli_epi64(p, 32), c), k);
}
inline void put(uint32_t *to, Vec a, Vec b) {
  const __m256 low = _mm256_shuffle_ps(_mm256_castsi256_ps(a), _mm256_castsi256_ps(b), 0x88);
  _mm256_storeu_si256((__m256i *)to, _mm256_permute4x64_epi64(_mm256_castps_si256(low), 0xD8));
}
#else
using Vec = uint64_t;
constexpr int WIDTH = 1;
inline Vec splat(uint32_t x) { return x; }
inline Vec iota(uint32_t x) { return x; }
inline Vec mul(Vec a, Vec b) { return (uint64_t)(uint32_t)a * (uint32_t)b; }
inline Vec mix(Vec p, Vec c, Vec k) { return (p >> 32) ^ c ^ k; }
inline void put(uint32_t *to, Vec a, Vec b) { to[0] = (uint32_t)a, to[1] = (uint32_t)b; }
#endif

constexpr int BATCH = 4 * WIDTH;  // lanes at once: four independent chains hide the latency of the multiplier

// The words of one tile, in the order of its elements.
inline void philox_tile(uint32_t *words, uint32_t tile, uint32_t parameter, const Settings &s) {
  const Vec m0 = splat(M0), m1 = splat(M1);
  for (int64_t lane = 0; lane < LANES; lane += BATCH) {
    Vec a[4], b[4], c[4], d[4];
    for (int i = 0; i < 4; i++) {
      a[i] = iota(tile * uint32_t(LANES) + uint32_t(lane) + i * WIDTH);
      b[i] = splat(0);
      c[i] = splat(parameter);
      d[i] = splat(s.step);
    }
    uint32_t k0 = s.seed_low, k1 = s.seed_high;
    for (int round = 0; round < 10; round++, k0 += W0, k1 += W1) {
      const Vec key0 = splat(k0), key1 = splat(k1);
      for (int i = 0; i < 4; i++) {
        const Vec p0 = mul(a[i], m0), p1 = mul(c[i], m1);
        a[i] = mix(p1, b[i], key0);
        b[i] = p1;
        c[i] = mix(p0, d[i], key1);
        d[i] = p0;
      }
    }
    for (int i = 0; i < 4; i += 2) {
      uint32_t *to = words + lane + i * WIDTH;
      put(to, a[i], a[i + 1]);
      put(to + LANES, b[i], b[i + 1]);
      put(to + 2 * LANES, c[i], c[i + 1]);
      put(to + 3 * LANES, d[i], d[i + 1]);
    }
  }
}

// ---- The update, one vector register at a time (vectors wider than the machine's are split badly by compilers)

#if defined(__AVX512F__)
constexpr int N = 16;
#elif defined(__AVX2__)
constexpr int N = 8;
#else
constexpr int N = 4;
#endif
using F = float __attribute__((vector_size(4 * N)));
using I = int32_t __attribute__((vector_size(4 * N)));
using U = uint32_t __attribute__((vector_size(4 * N)));
using U16 = uint16_t __attribute__((vector_size(2 * N)));
using U8 = uint8_t __attribute__((vector_size(N)));
using I8 = int8_t __attribute__((vector_size(N)));

template <class V, class T> inline V load(const T *from) { V v; std::memcpy(&v, from, sizeof v); return v; }
template <class V, class T> inline void save(T *to, V v) { std::memcpy(to, &v, sizeof v); }
inline F floats(I v) { return (F)v; }
inline I bits(F v) { return (I)v; }
inline F widen(const uint16_t *from) { return (F)(__builtin_convertvector(load<U16>(from), U) << 16); }
inline void narrow(uint16_t *to, I v) { save(to, __builtin_convertvector((U)v >> 16, U16)); }
inline F magnitude(F v) { return floats(bits(v) & 0x7FFFFFFF); }
inline I nearest_bf16(F v) {
  const I raw = bits(v);
  return v != v ? I{} + 0x7FC00000 : (I)((U)raw + 0x7FFFu + ((U)raw >> 16 & 1u));
}
inline bool any(I mask) {
#if defined(__AVX512F__)
  return _mm512_test_epi32_mask((__m512i)mask, (__m512i)mask) != 0;
#elif defined(__AVX2__)
  return !_mm256_testz_si256((__m256i)mask, (__m256i)mask);
#else
  int32_t all = 0;
  for (int i = 0; i < N; i++) all |= mask[i];
  return all != 0;
#endif
}

struct At {  // one position in the five arrays of a task
  float *weight32, *momentum32, *maximum32;
  uint16_t *weight16, *momentum16, *maximum16;
  int8_t *momentum8, *correction;
  uint8_t *maximum8;
  const float *grad32;
  const uint16_t *grad16;
  At(void *w, void *m, void *top, void *c, const void *g, int64_t i)
      : weight32((float *)w + i), momentum32((float *)m + i), maximum32((float *)top + i), weight16((uint16_t *)w + i),
        momentum16((uint16_t *)m + i), maximum16((uint16_t *)top + i), momentum8((int8_t *)m + i),
        correction((int8_t *)c + i), maximum8((uint8_t *)top + i), grad32((const float *)g + i),
        grad16((const uint16_t *)g + i) {}
};

template <int WEIGHT, bool GRAD16, int STATE, bool PLAIN>
__attribute__((always_inline)) inline void advance(const At &at, const Settings &s, const uint32_t *words) {
  const U word = load<U>(words);
  const F zero = {};

  F theta, m, before;
  F g = GRAD16 ? widen(at.grad16) : load<F>(at.grad32);
  if constexpr (WEIGHT == W_F32) theta = load<F>(at.weight32);
  else theta = widen(at.weight16);
  if constexpr (WEIGHT == W_BF16_CORRECTED)
    theta = floats(bits(theta) + (__builtin_convertvector(load<I8>(at.correction), I) << 8));
  if constexpr (STATE == S_F32) m = load<F>(at.momentum32), before = load<F>(at.maximum32);
  if constexpr (STATE == S_BF16) m = widen(at.momentum16), before = widen(at.maximum16);
  if constexpr (STATE == S_8BIT) {
    const I code = __builtin_convertvector(load<U8>(at.maximum8), I);
    before = floats(code > 0 ? (code + (int32_t)s.e5m3_offset) << 20 : I{});
    m = __builtin_convertvector(__builtin_convertvector(load<I8>(at.momentum8), I), F) * (1.0f / 127.0f) * before;
  }
  const F old_theta = theta, old_m = m, old_top = before;

  I keep = {};
  if constexpr (!PLAIN) {
    if (s.idle_skip) keep |= g == zero;
    if (s.ignore_nonfinite) keep |= (bits(g) & 0x7F800000) == 0x7F800000;
    if (s.maximize) g = -g;
    if (s.coupled != 0) g = g + theta * s.coupled;
    before = before * s.max_decay;
  }

  m = m * s.keep_momentum + g * s.take_grad;
  const F size = magnitude(m);
  F top = before >= size ? before : size;  // NaN, where it is allowed in, goes on to the maximum as in torch
  if constexpr (STATE == S_BF16) top = floats((bits(top) + 0xFFFF) & ~0xFFFF);
  if constexpr (STATE == S_8BIT) {
    I code = ((bits(top) + 0xFFFFF) >> 20) - (int32_t)s.e5m3_offset;
    code = code < 1 ? I{} + 1 : code;
    code = code > 255 ? I{} + 255 : code;
    top = floats(top > zero ? (code + (int32_t)s.e5m3_offset) << 20 : I{});
  }
  const F noise = __builtin_convertvector((I)(word >> 7 | 1u) - (1 << 24), F) * 0x1p-24f;
  const F threshold = -(top * noise);
  const F step = m > threshold ? zero + s.lr : m < threshold ? zero - s.lr : zero;
  theta = theta - (theta * s.decay + step);
  if constexpr (!PLAIN) {
    // A kept weight is already representable, so every rounding below gives it back unchanged.
    theta = (keep | (size < top * s.idle_ratio)) ? old_theta : theta;
  }

  if constexpr (WEIGHT == W_F32) save(at.weight32, theta);
  if constexpr (WEIGHT == W_BF16) narrow(at.weight16, nearest_bf16(theta));
  if constexpr (WEIGHT == W_BF16_STOCHASTIC) narrow(at.weight16, bits(theta) + (I)(word & 0xFFFFu));
  if constexpr (WEIGHT == W_BF16_CORRECTED) {
    const I raw = (bits(theta) + (I)(word >> 8 & 0xFFu)) & ~0xFF;
    const I high = (raw + 0x8000) >> 16;
    narrow(at.weight16, high << 16);
    save(at.correction, __builtin_convertvector((raw - (high << 16)) >> 8, I8));
  }

  const I bits16 = (I)(word >> 8 & 0xFFFFu);
  if constexpr (STATE == S_F32) save(at.momentum32, PLAIN ? m : keep ? old_m : m);
  if constexpr (STATE == S_BF16) {
    const I rounded = bits(m) + bits16;
    narrow(at.momentum16, PLAIN ? rounded : keep ? bits(old_m) : rounded);
  }
  if constexpr (STATE == S_8BIT) {
    F code = (top > zero ? m / top : zero) * 127.0f + __builtin_convertvector(bits16, F) * 0x1p-16f;
    code = code < -127.0f ? zero - 127.0f : code > 127.0f + 0x1p-1f ? zero + 127.0f : code;
    I whole = __builtin_convertvector(code, I);  // truncates toward zero
    whole += __builtin_convertvector(whole, F) > code;  // comparison is -1 where true: now it is the floor
    const I8 packed = __builtin_convertvector(whole, I8);
    if (PLAIN || !any(keep)) save(at.momentum8, packed);
    else for (int i = 0; i < N; i++) if (!keep[i]) at.momentum8[i] = packed[i];
  }

  if constexpr (!PLAIN) top = keep ? old_top : top;
  if constexpr (STATE == S_F32) if (any(bits(top) ^ bits(old_top))) save(at.maximum32, top);
  if constexpr (STATE == S_BF16) narrow(at.maximum16, bits(top));
  if constexpr (STATE == S_8BIT)
    save(at.maximum8, __builtin_convertvector(top > zero ? (bits(top) >> 20) - (int32_t)s.e5m3_offset : I{}, U8));
}

// The n < N elements from i on, through padded copies, so that they take the very same operations.
template <int WEIGHT, bool GRAD16, int STATE, bool PLAIN>
void ragged(const Task &t, const Settings &s, int64_t i, int64_t n, const uint32_t *words) {
  constexpr int W = WEIGHT == W_F32 ? 4 : 2, G = GRAD16 ? 2 : 4, S = STATE == S_F32 ? 4 : STATE == S_BF16 ? 2 : 1;
  alignas(64) char weight[64] = {}, grad[64] = {}, momentum[64] = {}, maximum[64] = {}, correction[64] = {};
  char *w = (char *)t.weight + i * W, *m = (char *)t.momentum + i * S, *top = (char *)t.maximum + i * S;
  std::memcpy(weight, w, n * W);
  std::memcpy(grad, (const char *)t.grad + i * G, n * G);
  std::memcpy(momentum, m, n * S);
  std::memcpy(maximum, top, n * S);
  if (WEIGHT == W_BF16_CORRECTED) std::memcpy(correction, (char *)t.correction + i, n);
  advance<WEIGHT, GRAD16, STATE, PLAIN>(At(weight, momentum, maximum, correction, grad, 0), s, words);
  std::memcpy(w, weight, n * W);
  std::memcpy(m, momentum, n * S);
  std::memcpy(top, maximum, n * S);
  if (WEIGHT == W_BF16_CORRECTED) std::memcpy((char *)t.correction + i, correction, n);
}

// Asks for what the update will read AHEAD elements from now: the hardware's own prefetcher loses its way between updates
// and noise. Addresses past the end are never read, only hinted at.
constexpr int64_t AHEAD = 512;

template <int WEIGHT, bool GRAD16, int STATE>
__attribute__((always_inline)) inline void prefetch(const At &at) {
  __builtin_prefetch(WEIGHT == W_F32 ? (void *)(at.weight32 + AHEAD) : at.weight16 + AHEAD);
  __builtin_prefetch(GRAD16 ? (const void *)(at.grad16 + AHEAD) : at.grad32 + AHEAD);
  if constexpr (STATE == S_F32) __builtin_prefetch(at.momentum32 + AHEAD), __builtin_prefetch(at.maximum32 + AHEAD);
  if constexpr (STATE == S_BF16) __builtin_prefetch(at.momentum16 + AHEAD), __builtin_prefetch(at.maximum16 + AHEAD);
  if constexpr (STATE == S_8BIT) __builtin_prefetch(at.momentum8 + AHEAD), __builtin_prefetch(at.maximum8 + AHEAD);
}

// Local elements [from, to) of a task, tile by tile. The noise of the next tile is made between two updates, in one loop
// with them: its arithmetic runs while they wait for memory. Tiles are small because a tile's words then stay in the
// fastest cache, beside four streams from memory; with tiles of 4096 elements a step took a tenth longer.
template <int WEIGHT, bool GRAD16, int STATE, bool PLAIN>
void part(const Task &task, const Settings &settings, int64_t from, int64_t to) {
  const Task t = task;
  const Settings s = settings;  // copies, which no store can change
  const auto at = [&](int64_t i) { return At(t.weight, t.momentum, t.maximum, t.correction, t.grad, i); };
  alignas(64) uint32_t words[2][TILE + N];  // a ragged end reads beyond
  int64_t tile = (t.start + from) / TILE;
  philox_tile(words[0], uint32_t(tile), t.parameter, s);
  for (int turn = 0; from < to; turn ^= 1) {
    const int64_t begin = (t.start + from) % TILE, count = std::min(to - from, TILE - begin);
    const uint32_t *word = words[turn] + begin;
    if (count == TILE) {
      for (int64_t i = 0; i < TILE; i += N) {
        prefetch<WEIGHT, GRAD16, STATE>(at(from + i));
        advance<WEIGHT, GRAD16, STATE, PLAIN>(at(from + i), s, word + i);
      }
    } else {
      int64_t i = 0;
      for (; i + N <= count; i += N) advance<WEIGHT, GRAD16, STATE, PLAIN>(at(from + i), s, word + i);
      if (i < count) ragged<WEIGHT, GRAD16, STATE, PLAIN>(t, s, from + i, count - i, word + i);
    }
    philox_tile(words[turn ^ 1], uint32_t(++tile), t.parameter, s);
    from += count;
  }
}

using Part = void (*)(const Task &, const Settings &, int64_t, int64_t);

template <int WEIGHT, bool GRAD16, int STATE>
Part pick(bool plain) {
  return plain ? part<WEIGHT, GRAD16, STATE, true> : part<WEIGHT, GRAD16, STATE, false>;
}
template <int WEIGHT, bool GRAD16>
Part pick(int state, bool plain) {
  return state == S_F32    ? pick<WEIGHT, GRAD16, S_F32>(plain)
         : state == S_BF16 ? pick<WEIGHT, GRAD16, S_BF16>(plain)
                           : pick<WEIGHT, GRAD16, S_8BIT>(plain);
}
template <int WEIGHT>
Part pick(bool grad16, int state, bool plain) {
  return grad16 ? pick<WEIGHT, true>(state, plain) : pick<WEIGHT, false>(state, plain);
}
Part pick(const Task &t, bool plain) {
  const bool grad16 = t.grad_is_bf16;
  switch (t.weight_kind) {
    case W_F32: return pick<W_F32>(grad16, t.state_kind, plain);
    case W_BF16: return pick<W_BF16>(grad16, t.state_kind, plain);
    case W_BF16_STOCHASTIC: return pick<W_BF16_STOCHASTIC>(grad16, t.state_kind, plain);
    default: return pick<W_BF16_CORRECTED>(grad16, t.state_kind, plain);
  }
}

// Runs work(unit) for every unit below `units`, handed out in order to `threads` threads.
template <class Work>
void spread(int64_t units, int32_t threads, Work work) {
  std::atomic<int64_t> next{0};
  auto loop = [&] {
    for (int64_t unit; (unit = next.fetch_add(1)) < units;) work(unit);
  };
  std::vector<std::thread> others;
  for (int64_t i = 1; i < std::min<int64_t>(threads, units); i++) others.emplace_back(loop);
  loop();
  for (auto &other : others) other.join();
}

// Units of each task, summed: unit u belongs to the last task whose entry is not above it.
std::vector<int64_t> first_units(const Task *tasks, int64_t count) {
  std::vector<int64_t> first(count + 1, 0);
  for (int64_t i = 0; i < count; i++) first[i + 1] = first[i] + (tasks[i].length + UNIT - 1) / UNIT;
  return first;
}

// Largest magnitude as bits, whose integer order puts inf above every number and NaN above inf.
// Four streams at a time: one alone leaves the memory idle between two requests.
template <class T, int32_t MASK>
int32_t peak(const T *x, int64_t n) {
  constexpr int64_t STREAMS = 4, BLOCK = 64 / sizeof(T);
  const int64_t part = n / STREAMS / BLOCK * BLOCK;
  int32_t tops[BLOCK] = {};
  for (int64_t i = 0; i < part; i += BLOCK)
    for (int64_t s = 0; s < STREAMS; s++) {
      const T *from = x + s * part + i;
      __builtin_prefetch(from + 16 * BLOCK);
      for (int64_t j = 0; j < BLOCK; j++) {
        T raw;
        std::memcpy(&raw, from + j, sizeof raw);
        tops[j] = std::max(tops[j], int32_t(raw) & MASK);
      }
    }
  int32_t top = *std::max_element(tops, tops + BLOCK);
  for (int64_t i = STREAMS * part; i < n; i++) {
    T raw;
    std::memcpy(&raw, x + i, sizeof raw);
    top = std::max(top, int32_t(raw) & MASK);
  }
  return top;
}

}  // namespace

// Advances all tasks. Each element is written by one thread, so the result does not depend on their number.
extern "C" void stosign_step(const Task *tasks, int64_t count, const Settings *settings, int32_t threads) {
  const Settings s = *settings;
  const bool plain = !s.idle_skip && !s.ignore_nonfinite && !s.maximize && s.coupled == 0 && s.idle_ratio == 0 &&
                     s.max_decay == 1;
  const std::vector<int64_t> first = first_units(tasks, count);
  spread(first[count], threads, [&](int64_t unit) {
    const int64_t i = std::upper_bound(first.begin(), first.end(), unit) - first.begin() - 1;
    const int64_t from = (unit - first[i]) * UNIT;
    pick(tasks[i], plain)(tasks[i], s, from, std::min(tasks[i].length, from + UNIT));
  });
}

// peaks[i]: the largest gradient magnitude of task i, NaN if any is NaN. Reads gradients only.
extern "C" void stosign_peaks(const Task *tasks, int64_t count, float *peaks, int32_t threads) {
  const std::vector<int64_t> first = first_units(tasks, count);
  std::vector<std::atomic<int32_t>> top(count);
  for (auto &t : top) t = 0;
  spread(first[count], threads, [&](int64_t unit) {
    const int64_t i = std::upper_bound(first.begin(), first.end(), unit) - first.begin() - 1;
    const int64_t from = (unit - first[i]) * UNIT, n = std::min(tasks[i].length - from, UNIT);
    const int32_t found = tasks[i].grad_is_bf16 ? peak<uint16_t, 0x7FFF>((const uint16_t *)tasks[i].grad + from, n) << 16
                                                : peak<int32_t, 0x7FFFFFFF>((const int32_t *)tasks[i].grad + from, n);
    for (int32_t seen = top[i]; seen < found && !top[i].compare_exchange_weak(seen, found);) {}
  });
  for (int64_t i = 0; i < count; i++) {
    const int32_t bits = top[i];
    std::memcpy(&peaks[i], &bits, 4);
  }
}
