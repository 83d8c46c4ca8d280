// Stands before the C library's calls on files and on the clock, and makes them fail as the file
// that WEIR_FAULTS names says, which a test writes anew whenever it likes. A rule a line:
//
//   CALL PATTERN WHAT [COUNT]    fdatasync */journal/*.segment EIO
//                                write * short
//                                clock * 3600
//
// PATTERN is a shell's, over the whole path. WHAT is an errno's name; `short` writes a part of what
// was asked; `torn` writes a part and ends the process as a kill would; for `clock` the seconds by
// which the wall clock is ahead. With COUNT, only so many calls of a process meet the rule. A rule
// that was met is added to the file of that name and `.met`, once a process.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { none = 0, short_write = -1, torn_write = -2 };

static const struct {
  const char* name;
  int number;
} words[] = {{"EIO", EIO},       {"ENOSPC", ENOSPC},    {"EMFILE", EMFILE},    {"EACCES", EACCES},
             {"EINTR", EINTR},   {"EROFS", EROFS},      {"short", short_write}, {"torn", torn_write}};

// The rules as text, read by calls that no one stands before; empty: none.
static void read_rules(char* text, size_t bytes) {
  const char* path = getenv("WEIR_FAULTS");
  const int file = path ? (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC) : -1;
  const long got = file < 0 ? 0 : syscall(SYS_read, file, text, bytes - 1);
  text[got < 0 ? 0 : got] = 0;
  if (file >= 0) syscall(SYS_close, file);
}

static void tell_met(const char* rule) {
  char path[4096], line[300];
  snprintf(path, sizeof path, "%s.met", getenv("WEIR_FAULTS"));
  const int bytes = snprintf(line, sizeof line, "%s\n", rule);
  const int flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC;
  const int file = (int)syscall(SYS_openat, AT_FDCWD, path, flags, 0600);
  if (file < 0) return;
  syscall(SYS_write, file, line, bytes);
  syscall(SYS_close, file);
}

// Counts a call that met the rule, and says how many did before.
static int met_before(const char* rule) {
  static struct {
    char rule[256];
    int met;
  } seen[32];
  for (int i = 0; i < 32; ++i) {
    if (seen[i].rule[0] == 0) strncpy(seen[i].rule, rule, sizeof seen[i].rule - 1);
    if (strcmp(seen[i].rule, rule) != 0) continue;
    const int met = __atomic_fetch_add(&seen[i].met, 1, __ATOMIC_SEQ_CST);
    if (met == 0) tell_met(rule);
    return met;
  }
  abort();  // more rules than that need more places
}

// What the rules say of the call on the path: an errno, a word's number, or none.
static int fault_of(const char* call, const char* path) {
  char rules[4096];
  read_rules(rules, sizeof rules);
  char* rest = NULL;
  for (char* rule = strtok_r(rules, "\n", &rest); rule; rule = strtok_r(NULL, "\n", &rest)) {
    char name[32], pattern[256], what[32];
    int most = 0;
    const int fields = sscanf(rule, "%31s %255s %31s %d", name, pattern, what, &most);
    if (fields < 3 || strcmp(name, call) != 0 || fnmatch(pattern, path, 0) != 0) continue;
    const int met = met_before(rule);
    if (fields == 4 && met >= most) continue;
    for (size_t i = 0; i < sizeof words / sizeof *words; ++i) {
      if (strcmp(words[i].name, what) == 0) return words[i].number;
    }
  }
  return none;
}

static int fault_on(const char* call, int descriptor) {
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  const ssize_t bytes = readlink(link, path, sizeof path - 1);
  path[bytes < 0 ? 0 : bytes] = 0;
  return fault_of(call, path);
}

// How many of `bytes` are written; the caller ends the process after a torn write. The kernel cuts
// what goes past its page cache between two sectors.
static size_t part_of(int descriptor, size_t bytes) {
  const size_t sector = 512;
  const size_t part = bytes < 2 ? bytes : bytes / 2 - (bytes > 100) * 7;
  if (!(fcntl(descriptor, F_GETFL) & O_DIRECT)) return part;
  return part < sector ? sector : part / sector * sector;
}

static void tear(int fault) {
  if (fault == torn_write) _exit(137);
}

#define FAIL(fault)  \
  do {               \
    errno = (fault); \
    return -1;       \
  } while (0)

static long written(const char* call, int descriptor, const void* bytes, size_t count, off_t at) {
  const int fault = fault_on(call, descriptor);
  if (fault > 0) FAIL(fault);
  if (fault != none) count = part_of(descriptor, count);
  const long done = at < 0 ? syscall(SYS_write, descriptor, bytes, count)
                           : syscall(SYS_pwrite64, descriptor, bytes, count, at);
  tear(fault);
  return done;
}

ssize_t write(int descriptor, const void* bytes, size_t count) {
  return written("write", descriptor, bytes, count, -1);
}
ssize_t pwrite(int descriptor, const void* bytes, size_t count, off_t at) {
  return written("write", descriptor, bytes, count, at);
}
ssize_t pwrite64(int descriptor, const void* bytes, size_t count, off64_t at) {
  return written("write", descriptor, bytes, count, at);
}

// A part of the first parts that fill it: whole ones, then a piece of one.
ssize_t pwritev(int descriptor, const struct iovec* parts, int count, off_t at) {
  const int fault = fault_on("write", descriptor);
  if (fault > 0) FAIL(fault);
  if (fault == none) return syscall(SYS_pwritev, descriptor, parts, count, at, 0);
  size_t bytes = 0;
  for (int i = 0; i < count; ++i) bytes += parts[i].iov_len;
  size_t left = part_of(descriptor, bytes);
  size_t done = 0;
  for (int i = 0; i < count && left > 0; ++i) {
    const size_t piece = parts[i].iov_len < left ? parts[i].iov_len : left;
    const long got = syscall(SYS_pwrite64, descriptor, parts[i].iov_base, piece, at + (off_t)done);
    if (got < 0) return done ? (ssize_t)done : -1;
    done += (size_t)got;
    left -= (size_t)got;
  }
  tear(fault);
  return (ssize_t)done;
}
ssize_t pwritev64(int descriptor, const struct iovec* parts, int count, off64_t at) {
  return pwritev(descriptor, parts, count, at);
}

static int opened(int folder, const char* path, int flags, mode_t mode) {
  const int fault = fault_of("open", path);
  if (fault > 0) FAIL(fault);
  return (int)syscall(SYS_openat, folder, path, flags, mode);
}
#define MODE(flags)          \
  va_list more;              \
  va_start(more, flags);     \
  mode_t mode = va_arg(more, mode_t); \
  va_end(more)
int open(const char* path, int flags, ...) {
  MODE(flags);
  return opened(AT_FDCWD, path, flags, mode);
}
int open64(const char* path, int flags, ...) {
  MODE(flags);
  return opened(AT_FDCWD, path, flags | O_LARGEFILE, mode);
}
int openat(int folder, const char* path, int flags, ...) {
  MODE(flags);
  return opened(folder, path, flags, mode);
}

int fdatasync(int descriptor) {
  const int fault = fault_on("sync", descriptor);
  if (fault > 0) FAIL(fault);
  return (int)syscall(SYS_fdatasync, descriptor);
}
int fsync(int descriptor) {
  const int fault = fault_on("sync", descriptor);
  if (fault > 0) FAIL(fault);
  return (int)syscall(SYS_fsync, descriptor);
}
int ftruncate(int descriptor, off_t bytes) {
  const int fault = fault_on("truncate", descriptor);
  if (fault > 0) FAIL(fault);
  return (int)syscall(SYS_ftruncate, descriptor, bytes);
}
int ftruncate64(int descriptor, off64_t bytes) { return ftruncate(descriptor, bytes); }
int fallocate(int descriptor, int mode, off_t from, off_t bytes) {
  const int fault = fault_on("allocate", descriptor);
  if (fault > 0) FAIL(fault);
  return (int)syscall(SYS_fallocate, descriptor, mode, from, bytes);
}
int fallocate64(int descriptor, int mode, off64_t from, off64_t bytes) {
  return fallocate(descriptor, mode, from, bytes);
}
int rename(const char* from, const char* to) {
  const int fault = fault_of("rename", to);
  if (fault > 0) FAIL(fault);
  return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}
int unlink(const char* path) {
  const int fault = fault_of("unlink", path);
  if (fault > 0) FAIL(fault);
  return (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
}
// std::filesystem::remove calls this one.
int remove(const char* path) {
  const int fault = fault_of("unlink", path);
  if (fault > 0) FAIL(fault);
  const int done = (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
  if (done == 0 || errno != EISDIR) return done;
  return (int)syscall(SYS_unlinkat, AT_FDCWD, path, AT_REMOVEDIR);
}

static long seconds_ahead(void) {
  char rules[4096];
  read_rules(rules, sizeof rules);
  const char* rule = strstr(rules, "clock * ");
  return rule ? atol(rule + strlen("clock * ")) : 0;
}

int clock_gettime(clockid_t clock, struct timespec* now) {
  static int (*real)(clockid_t, struct timespec*);
  if (!real) *(void**)&real = dlsym(RTLD_NEXT, "clock_gettime");
  const int done = real(clock, now);
  if (clock == CLOCK_REALTIME) now->tv_sec += seconds_ahead();
  return done;
}
int gettimeofday(struct timeval* now, void* zone) {
  (void)zone;
  struct timespec exact;
  clock_gettime(CLOCK_REALTIME, &exact);
  now->tv_sec = exact.tv_sec;
  now->tv_usec = exact.tv_nsec / 1000;
  return 0;
}
time_t time(time_t* into) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (into) *into = now.tv_sec;
  return now.tv_sec;
}
