#ifndef SPINNSIM_CPROCESS_H
#define SPINNSIM_CPROCESS_H
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <unistd.h>

// What Swift cannot call: `fork`, whose child may do little, functions of any number of arguments, and calls that the C
// library has no name for everywhere.

/// Starts a program in a process group of its own, with nothing to read and no signal blocked; the system sends it
/// `signal` when the calling thread ends. Returns its process number, or -1 with `errno` set.
static inline int cprocess_start_tied(char *const words[], int signal) {
    int report[2], reason = 0;
    if (pipe(report) != 0) return -1;
    fcntl(report[0], F_SETFD, FD_CLOEXEC);
    fcntl(report[1], F_SETFD, FD_CLOEXEC);
    pid_t parent = getpid(), child = fork();
    if (child == 0) {
        sigset_t none;
        sigemptyset(&none);
        setpgid(0, 0);
        prctl(PR_SET_PDEATHSIG, signal);
        int null = open("/dev/null", O_RDONLY);
        if (null > 0) dup2(null, 0);
        sigprocmask(SIG_SETMASK, &none, NULL);
        // The parent may have ended before it was watched.
        if (getppid() == parent) execvp(words[0], words);
        reason = errno;
        (void)!write(report[1], &reason, sizeof reason);
        _exit(127);
    }
    int problem = child < 0 ? errno : 0;
    close(report[1]);
    if (child > 0 && read(report[0], &reason, sizeof reason) == (ssize_t)sizeof reason) problem = reason;
    close(report[0]);
    errno = problem;
    return problem ? -1 : child;
}

/// Has the processes that lose their parent become children of this one, where they descend from it.
static inline void cprocess_adopt_orphans(void) { prctl(PR_SET_CHILD_SUBREAPER, 1); }

/// A descriptor that can be read when a process has ended; -1 where there is none.
static inline int cprocess_watch(int process) {
#ifdef SYS_pidfd_open
    return (int)syscall(SYS_pidfd_open, process, 0);
#else
    return -1;
#endif
}

/// A descriptor of another process, given what `cprocess_watch` returned for it; -1 where that is not allowed.
static inline int cprocess_share(int watch, int descriptor) {
#ifdef SYS_pidfd_getfd
    return (int)syscall(SYS_pidfd_getfd, watch, descriptor, 0);
#else
    return -1;
#endif
}

/// A descriptor to read signals from, which are blocked for this thread and those it starts; -1 on failure.
static inline int cprocess_signals(const int *numbers, int count) {
    sigset_t set;
    sigemptyset(&set);
    for (int i = 0; i < count; i++) sigaddset(&set, numbers[i]);
    sigprocmask(SIG_BLOCK, &set, NULL);
    return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

/// The next signal, 0 when there is none; who sent it, and whether a process did, not the terminal or the system.
static inline int cprocess_next_signal(int descriptor, int *sender, int *is_explicit) {
    struct signalfd_siginfo info;
    if (read(descriptor, &info, sizeof info) != (ssize_t)sizeof info) return 0;
    *sender = (int)info.ssi_pid;
    *is_explicit = info.ssi_code <= 0;
    return (int)info.ssi_signo;
}

#endif
