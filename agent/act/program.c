// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../base/clock.h"
#include "../base/file.h"

#ifndef SYS_close_range
#define SYS_close_range 436
#endif

#define ENV_MAX		  8
#define MS_AT_MOST	  3600000 /* poll(2) takes an int */
/* SIGKILL does not reach who sleeps uninterruptibly, on a dead NFS server say. */
#define KILLED_MS	  100
/* It makes a few system calls there; the dynamic linker may have to find them first. */
#define CHILD_STACK_BYTES (16UL * 1024)

struct environment {
	char *var[ENV_MAX + 1];
	__u32 n;
	size_t used;
	char text[1024];
};
_Static_assert(sizeof(((struct environment *)0)->text) > sizeof(struct about) + 256,
	       "all of it fits");

static void set(struct environment *env, const char *name, const char *value)
{
	env->var[env->n++] = env->text + env->used;
	env->used += (size_t)sprintf(env->text + env->used, "%s=%s", name, value) + 1;
}

static void describe(struct environment *env, const struct about *about)
{
	char number[24];

	memset(env, 0, sizeof(*env));
	set(env, "PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
	set(env, "REAPD_EVENT", about->event);
	set(env, "REAPD_RULE", about->rule);
	set(env, "REAPD_CGROUP", about->cgroup);
	set(env, "REAPD_NAME", about->name);
	snprintf(number, sizeof(number), "%u", about->pid);
	set(env, "REAPD_PID", about->pid ? number : "");
	snprintf(number, sizeof(number), "%llu", about->kill_id);
	set(env, "REAPD_KILL_ID", about->kill_id ? number : "");
}

struct child {
	const char *path;
	char *const *env;
	int error; /* why it could not become the program */
};

/*
 * In the child, which has the agent's memory and its own everything else. The thread that made it sleeps
 * until it has become the program or has exited, so it may write what that thread reads. It never
 * returns: what AddressSanitizer marks of its stack would stay marked for the agent.
 */
static int __attribute__((no_sanitize_address)) become(void *arg)
{
	struct child *c = arg;
	char *const argv[] = { (char *)c->path, NULL };
	sigset_t none;
	int null;

	for (int sig = 1; sig < NSIG; sig++)
		signal(sig, SIG_DFL);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setpgid(0, 0);
	setpriority(PRIO_PROCESS, 0, 0);
	file_write_at(AT_FDCWD, "/proc/self/oom_score_adj", "0");
	null = open("/dev/null", O_RDWR);
	if (null >= 0 && dup2(null, 0) >= 0 && dup2(null, 1) >= 0) {
		if (null > 2)
			close(null);
		/* Before 5.9 there is no such call: the agent's own are closed by execve(2) all the same. */
		syscall(SYS_close_range, 3, ~0U, 0);
		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		execve(c->path, argv, c->env);
	}
	c->error = -errno;
	_exit(127);
}

/* What posix_spawn(3) does, which can do all of this but oom_score_adj and the parent's death. */
int program_start(struct program *ret, const char *path, const struct about *about)
{
	_Alignas(16) char stack[CHILD_STACK_BYTES];
	struct environment env;
	struct child child = { .path = path, .env = env.var };
	sigset_t all, before;
	int err = 0;

	describe(&env, about);
	sigfillset(&all); /* no handler of ours may run in the child */
	pthread_sigmask(SIG_SETMASK, &all, &before);
	ret->pid = clone(become, stack + sizeof(stack),
			 CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD, &child, &ret->pidfd);
	if (ret->pid < 0)
		err = -errno;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (err)
		return err;
	if (child.error) {
		waitpid(ret->pid, NULL, 0);
		close(ret->pidfd);
	}
	return child.error;
}

static bool has_exited(const struct program *p, int ms)
{
	struct pollfd exited = { .fd = p->pidfd, .events = POLLIN };
	int n;

	do
		n = poll(&exited, 1, ms);
	while (n < 0 && errno == EINTR);
	return n > 0;
}

int program_end(struct program *p, int *status)
{
	bool late = !has_exited(p, 0);
	int wait_status = SIGKILL;

	/* The group's number is the child's, and that stays its until it is waited for. */
	if (late && kill(-p->pid, SIGKILL))
		syscall(SYS_pidfd_send_signal, p->pidfd, SIGKILL, NULL, 0);
	/* One that is stuck stays a zombie of ours. */
	if (has_exited(p, KILLED_MS))
		waitpid(p->pid, &wait_status, 0);
	close(p->pidfd);
	p->pidfd = -1;
	*status = WIFSIGNALED(wait_status) ? 128 + WTERMSIG(wait_status) : WEXITSTATUS(wait_status);
	return late ? -ETIMEDOUT : 0;
}

int program_run(const char *path, const struct about *about, __u64 timeout_ns, int *status)
{
	__u64 ms = timeout_ns / NS_PER_MS;
	struct program p;
	int err = program_start(&p, path, about);

	if (err)
		return err;
	has_exited(&p, ms < MS_AT_MOST ? (int)ms : MS_AT_MOST);
	return program_end(&p, status);
}
