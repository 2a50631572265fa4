// What a loop over lanes is marked with, so that the compiler makes vectors of it.
#pragma once

// No lane of a loop reads what another writes. clang needs to be told more than that.
#if defined(__clang__)
#define EACH_LANE _Pragma("clang loop vectorize(assume_safety) interleave(disable)")
#define EACH_EXIT _Pragma("clang loop unroll(full)")
#else
#define EACH_LANE _Pragma("GCC ivdep")
#define EACH_EXIT _Pragma("GCC unroll 8")
#endif
