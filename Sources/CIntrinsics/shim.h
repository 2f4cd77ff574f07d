#ifndef SPINNSIM_CINTRINSICS_H
#define SPINNSIM_CINTRINSICS_H
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <elf.h>
#include <limits.h>
#include <linux/futex.h>
#include <sched.h>
#include <stdint.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <unistd.h>

/// Asks for the cache line at `address`; never faults.
static inline void cintrinsics_prefetch(const void *address) { __builtin_prefetch(address, 0, 3); }

/// Tells the processor that this is a spin loop.
static inline void cintrinsics_pause(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
}

// <link.h> would name these for either width, but it brings <sys/select.h>, whose `fd_set` has another shape under
// _GNU_SOURCE than in Swift's own modules, and then Foundation and this header cannot be imported together.
#if __SIZEOF_POINTER__ == 8
typedef Elf64_Phdr cintrinsics_program_header;
typedef Elf64_Nhdr cintrinsics_note_header;
#else
typedef Elf32_Phdr cintrinsics_program_header;
typedef Elf32_Nhdr cintrinsics_note_header;
#endif

/// Copies up to `room` bytes of the build ID that the linker gave this program; returns how many, 0 when it has none.
static inline int cintrinsics_build_id(uint8_t *bytes, int room) {
    const cintrinsics_program_header *heads = (const cintrinsics_program_header *)getauxval(AT_PHDR);
    unsigned long count = getauxval(AT_PHNUM);
    uintptr_t bias = 0;
    for (unsigned long i = 0; heads && i < count; i++)
        if (heads[i].p_type == PT_PHDR) bias = (uintptr_t)heads - heads[i].p_vaddr;
    for (unsigned long i = 0; heads && i < count; i++) {
        if (heads[i].p_type != PT_NOTE) continue;
        const char *at = (const char *)(bias + heads[i].p_vaddr), *end = at + heads[i].p_memsz;
        while (at + sizeof(cintrinsics_note_header) <= end) {
            const cintrinsics_note_header *note = (const cintrinsics_note_header *)at;
            const char *name = at + sizeof *note, *value = name + ((note->n_namesz + 3u) & ~3u);
            if (note->n_type == NT_GNU_BUILD_ID && note->n_namesz == 4 && memcmp(name, "GNU", 4) == 0) {
                int length = (int)note->n_descsz < room ? (int)note->n_descsz : room;
                memcpy(bytes, value, (size_t)length);
                return length;
            }
            at = value + ((note->n_descsz + 3u) & ~3u);
        }
    }
    return 0;
}

/// A file that lives in memory only; -1 on failure.
static inline int cintrinsics_memory_file(const char *name) { return (int)syscall(SYS_memfd_create, name, 1u); }

// Atomic words in memory that several processes share.
static inline uint32_t cintrinsics_load_acquire(const uint32_t *word) { return __atomic_load_n(word, __ATOMIC_ACQUIRE); }
static inline void cintrinsics_store_release(uint32_t *word, uint32_t value) { __atomic_store_n(word, value, __ATOMIC_RELEASE); }
static inline uint32_t cintrinsics_fetch_add(uint32_t *word, uint32_t value) { return __atomic_fetch_add(word, value, __ATOMIC_ACQ_REL); }

/// Stores, and orders it before all loads that follow.
static inline void cintrinsics_store_ordered(uint32_t *word, uint32_t value) { (void)__atomic_exchange_n(word, value, __ATOMIC_SEQ_CST); }

/// Sleeps until woken, unless the word has another value already; may return early. Works across processes.
static inline void cintrinsics_sleep_while(const uint32_t *word, uint32_t value) {
    syscall(SYS_futex, word, FUTEX_WAIT, value, (void *)0, (void *)0, 0);
}

/// Wakes all that sleep on a word.
static inline void cintrinsics_wake_all(const uint32_t *word) {
    syscall(SYS_futex, word, FUTEX_WAKE, INT_MAX, (void *)0, (void *)0, 0);
}

/// A bit for each of 16 half-words that is not below `limit`, the first lowest.
static inline uint32_t cintrinsics_not_below(const uint16_t *halves, uint16_t limit) {
#if defined(__SSE2__)
    typedef uint16_t eight __attribute__((vector_size(16)));
    typedef short eight_signed __attribute__((vector_size(16)));
    eight low, high;
    __builtin_memcpy(&low, halves, 16);
    __builtin_memcpy(&high, halves + 8, 16);
    return (uint32_t)__builtin_ia32_pmovmskb128(
        __builtin_ia32_packsswb128((eight_signed)(low >= limit), (eight_signed)(high >= limit)));
#else
    uint32_t bits = 0;
    for (int i = 0; i < 16; i++) bits |= (uint32_t)(halves[i] >= limit) << i;
    return bits;
#endif
}

/// A bit for each of 16 half-words that is not below its own limit, the first lowest.
static inline uint32_t cintrinsics_not_below_each(const uint16_t *halves, const uint16_t *limits) {
#if defined(__SSE2__)
    typedef uint16_t eight __attribute__((vector_size(16)));
    typedef short eight_signed __attribute__((vector_size(16)));
    eight low, high, low_limits, high_limits;
    __builtin_memcpy(&low, halves, 16);
    __builtin_memcpy(&high, halves + 8, 16);
    __builtin_memcpy(&low_limits, limits, 16);
    __builtin_memcpy(&high_limits, limits + 8, 16);
    return (uint32_t)__builtin_ia32_pmovmskb128(
        __builtin_ia32_packsswb128((eight_signed)(low >= low_limits), (eight_signed)(high >= high_limits)));
#else
    uint32_t bits = 0;
    for (int i = 0; i < 16; i++) bits |= (uint32_t)(halves[i] >= limits[i]) << i;
    return bits;
#endif
}

/// `base` plus how many of `count` limits each of 64 half-words exceeds; a bit for each half-word that equals one, the first lowest.
///
/// The half-words are four times 16, `stride` apart.
static inline uint64_t cintrinsics_count_exceeded(
    const uint16_t *halves, long stride, const uint16_t *limits, long count, uint8_t base, uint8_t *exceeded) {
#if defined(__AVX512BW__)
    enum { lanes = 32 };
#else
    enum { lanes = 16 };
#endif
    enum { vectors = 64 / lanes };
    typedef uint16_t words __attribute__((vector_size(2 * lanes)));
    typedef uint8_t bytes __attribute__((vector_size(lanes)));
    words half[vectors], sum[vectors], equal[vectors];
    for (int q = 0; q < 4; q++)
        __builtin_memcpy((char *)&half[16 * q / lanes] + 32 * q % (2 * lanes), halves + q * stride, 32);
    for (int v = 0; v < vectors; v++) {
        sum[v] = (words){} + base;
        equal[v] = (words){};
    }
    for (long k = 0; k < count; k++) {
        const words limit = (words){} + limits[k];
        for (int v = 0; v < vectors; v++) {
            sum[v] -= (words)(half[v] > limit);
            equal[v] |= (words)(half[v] == limit);
        }
    }
    uint64_t any = 0;
    for (int v = 0; v < vectors; v++) {
        const bytes narrow = __builtin_convertvector(sum[v], bytes);
        __builtin_memcpy(exceeded + lanes * v, &narrow, lanes);
        uint64_t parts[lanes / 4];
        __builtin_memcpy(parts, &equal[v], 2 * lanes);
        for (int i = 0; i < lanes / 4; i++) any |= parts[i];
    }
    if (any == 0) return 0;
    uint64_t bits = 0;
    for (int v = 0; v < vectors; v++)
        for (int i = 0; i < lanes; i++) bits |= (uint64_t)(equal[v][i] & 1) << (lanes * v + i);
    return bits;
}

/// Writes the words of 8 rows of 8 as columns: word k of row i goes to `columns[k * stride + i]`.
static inline void cintrinsics_transpose(
    const void *row0, const void *row1, const void *row2, const void *row3, const void *row4, const void *row5,
    const void *row6, const void *row7, uint32_t *columns, long stride) {
    typedef uint32_t eight __attribute__((vector_size(32)));
    const void *rows[8] = {row0, row1, row2, row3, row4, row5, row6, row7};
    eight a[8], b[8];
    for (int i = 0; i < 8; i++) __builtin_memcpy(&a[i], rows[i], 32);
    for (int i = 0; i < 8; i += 2) {
        b[i] = __builtin_shufflevector(a[i], a[i + 1], 0, 8, 1, 9, 4, 12, 5, 13);
        b[i + 1] = __builtin_shufflevector(a[i], a[i + 1], 2, 10, 3, 11, 6, 14, 7, 15);
    }
    for (int i = 0; i < 8; i += 4) {
        a[i] = __builtin_shufflevector(b[i], b[i + 2], 0, 1, 8, 9, 4, 5, 12, 13);
        a[i + 1] = __builtin_shufflevector(b[i], b[i + 2], 2, 3, 10, 11, 6, 7, 14, 15);
        a[i + 2] = __builtin_shufflevector(b[i + 1], b[i + 3], 0, 1, 8, 9, 4, 5, 12, 13);
        a[i + 3] = __builtin_shufflevector(b[i + 1], b[i + 3], 2, 3, 10, 11, 6, 7, 14, 15);
    }
    for (int k = 0; k < 4; k++) {
        b[k] = __builtin_shufflevector(a[k], a[k + 4], 0, 1, 2, 3, 8, 9, 10, 11);
        b[k + 4] = __builtin_shufflevector(a[k], a[k + 4], 4, 5, 6, 7, 12, 13, 14, 15);
    }
    for (int k = 0; k < 8; k++) __builtin_memcpy(columns + k * stride, &b[k], 32);
}

/// Continues a CRC-32C (Castagnoli, reflected) over `count` bytes.
__attribute__((target("sse4.2"))) static inline uint32_t cintrinsics_crc32c(const void *bytes, long count, uint32_t crc) {
    const unsigned char *at = (const unsigned char *)bytes;
    uint64_t wide = crc;
    for (; count >= 8; count -= 8, at += 8) {
        uint64_t word;
        __builtin_memcpy(&word, at, 8);
        wide = __builtin_ia32_crc32di(wide, word);
    }
    uint32_t narrow = (uint32_t)wide;
    for (; count > 0; count--, at++) narrow = __builtin_ia32_crc32qi(narrow, *at);
    return narrow;
}
#endif
