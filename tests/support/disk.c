/* A disk that fails, by LD_PRELOAD. The file $FAILING_DISK_FAULT says how and where: "full /folder", or nothing.
 *
 *   full      what would take room answers ENOSPC
 *   readonly  whatever would change something answers EROFS
 *   fsync     fsync and fdatasync answer EIO; what was written stays readable, as in the cache of a kernel
 *
 * It is read at each call. The standard streams are spared, and so is what lies elsewhere.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum fault { NONE, FULL, READONLY, FSYNC };

#define REAL(name) __typeof__(&name) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

static int (*plain_open(void))(const char *, int, ...) {
    static int (*found)(const char *, int, ...);
    if (!found) found = (int (*)(const char *, int, ...))dlsym(RTLD_NEXT, "open");
    return found;
}

/* Returns what fails now; `folder` has room for PATH_MAX bytes and gets where. */
static enum fault fault_now(char *folder) {
    const char *file = getenv("FAILING_DISK_FAULT");
    char said[PATH_MAX + 16] = "";
    if (!file) return NONE;
    int kept = errno, descriptor = plain_open()(file, O_RDONLY | O_CLOEXEC);
    if (descriptor >= 0) {
        ssize_t length = read(descriptor, said, sizeof said - 1);
        said[length > 0 ? length : 0] = 0;
        close(descriptor);
    }
    errno = kept;
    char *space = strchr(said, ' ');
    if (!space) return NONE;
    *space = 0;
    snprintf(folder, PATH_MAX, "%s", space + 1);
    if (!strcmp(said, "full")) return FULL;
    if (!strcmp(said, "readonly")) return READONLY;
    if (!strcmp(said, "fsync")) return FSYNC;
    return NONE;
}

static int below(const char *path, const char *folder) {
    size_t length = strlen(folder);
    return !strncmp(path, folder, length) && (path[length] == '/' || !path[length]);
}

static int ours(int descriptor, const char *folder) {
    if (descriptor <= 2) return 0;
    char link[64], path[PATH_MAX];
    int kept = errno;
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, sizeof path - 1);
    errno = kept;
    if (length <= 0) return 0;
    path[length] = 0;
    return below(path, folder);
}

/* Returns the errno that a change of a file answers, 0 for none. */
static int change(int descriptor) {
    char folder[PATH_MAX];
    enum fault now = fault_now(folder);
    if ((now != FULL && now != READONLY) || !ours(descriptor, folder)) return 0;
    return now == FULL ? ENOSPC : EROFS;
}

static int change_name(const char *path, int takes_room) {
    char folder[PATH_MAX], whole[PATH_MAX];
    enum fault now = fault_now(folder);
    if (!((now == FULL && takes_room) || now == READONLY)) return 0;
    if (path[0] != '/') {
        size_t length = getcwd(whole, sizeof whole) ? strlen(whole) : 0;
        snprintf(whole + length, sizeof whole - length, "/%s", path);
        path = whole;
    }
    if (!below(path, folder)) return 0;
    return now == FULL ? ENOSPC : EROFS;
}

#define FAIL(code) do { int why = (code); if (why) { errno = why; return -1; } } while (0)

ssize_t write(int d, const void *b, size_t n) { REAL(write); FAIL(change(d)); return real(d, b, n); }
ssize_t writev(int d, const struct iovec *v, int n) { REAL(writev); FAIL(change(d)); return real(d, v, n); }
ssize_t pwrite(int d, const void *b, size_t n, off_t at) { REAL(pwrite); FAIL(change(d)); return real(d, b, n, at); }
ssize_t pwrite64(int d, const void *b, size_t n, off64_t at) { REAL(pwrite64); FAIL(change(d)); return real(d, b, n, at); }

static int grows(int descriptor, off64_t size) {
    struct stat64 now;
    char folder[PATH_MAX];
    return fault_now(folder) == READONLY || (!fstat64(descriptor, &now) && size > now.st_size);
}
int ftruncate(int d, off_t n) { REAL(ftruncate); FAIL(grows(d, n) ? change(d) : 0); return real(d, n); }
int ftruncate64(int d, off64_t n) { REAL(ftruncate64); FAIL(grows(d, n) ? change(d) : 0); return real(d, n); }
int fallocate(int d, int m, off_t a, off_t n) { REAL(fallocate); FAIL(change(d)); return real(d, m, a, n); }
int posix_fallocate(int d, off_t a, off_t n) { REAL(posix_fallocate); int why = change(d); return why ? why : real(d, a, n); }

static int sync_fails(int descriptor) {
    char folder[PATH_MAX];
    return fault_now(folder) == FSYNC && ours(descriptor, folder) ? EIO : 0;
}
int fsync(int d) { REAL(fsync); FAIL(sync_fails(d)); return real(d); }
int fdatasync(int d) { REAL(fdatasync); FAIL(sync_fails(d)); return real(d); }

static int opening(const char *path, int flags) {
    char folder[PATH_MAX];
    int makes = (flags & O_CREAT) && access(path, F_OK);
    if (fault_now(folder) == READONLY ? !(makes || (flags & O_ACCMODE) != O_RDONLY) : !makes) return 0;
    return change_name(path, 1);
}
#define OPENS(name)                                                                                                    \
    int name(const char *path, int flags, ...) {                                                                       \
        va_list rest;                                                                                                  \
        va_start(rest, flags);                                                                                         \
        mode_t mode = va_arg(rest, mode_t);                                                                            \
        va_end(rest);                                                                                                  \
        int (*real)(const char *, int, ...) = (int (*)(const char *, int, ...))dlsym(RTLD_NEXT, #name);                \
        FAIL(opening(path, flags));                                                                                    \
        return real(path, flags, mode);                                                                                \
    }
OPENS(open)
OPENS(open64)

int unlink(const char *path) { REAL(unlink); FAIL(change_name(path, 0)); return real(path); }
int rename(const char *a, const char *b) { REAL(rename); FAIL(change_name(b, 0)); return real(a, b); }
int mkdir(const char *path, mode_t mode) { REAL(mkdir); FAIL(change_name(path, 1)); return real(path, mode); }
