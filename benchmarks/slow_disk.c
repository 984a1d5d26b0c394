/* A disk whose flushes take longer: LD_PRELOAD this, with SLOW_DISK_MS in the environment. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>

static int flush(const char *name, int file)
{
    const char *milliseconds = getenv("SLOW_DISK_MS");
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    usleep(1000 * (milliseconds ? atoi(milliseconds) : 0));
    return real(file);
}

int fsync(int file) { return flush("fsync", file); }
int fdatasync(int file) { return flush("fdatasync", file); }
