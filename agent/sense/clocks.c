// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "clocks.h"

#include <errno.h>
#include <string.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <linux/bpf.h>

int clocks_distance(const struct btf *btf, int64_t *ret)
{
	int id = btf ? btf__find_by_name_kind(btf, ".data..percpu", BTF_KIND_DATASEC) : -ENOENT;
	const struct btf_type *section = id > 0 ? btf__type_by_id(btf, (__u32)id) : NULL;
	const struct btf_var_secinfo *var = section ? btf_var_secinfos(section) : NULL;
	int64_t rq = -1, group = -1;
	const char *name;

	for (int i = 0; section && i < btf_vlen(section); i++, var++) {
		name = btf__name_by_offset(btf, btf__type_by_id(btf, var->type)->name_off);
		if (!strcmp(name, "runqueues"))
			rq = var->offset;
		else if (!strcmp(name, "system_group_pcpu"))
			group = var->offset;
	}
	*ret = group - rq;
	return rq < 0 || group < 0 ? -ENOENT : 0;
}

struct bpf_program *clocks_program(const struct bpf_object *obj)
{
	return bpf_object__find_program_by_name(obj, "psi_clocks");
}

int clocks_find(const struct bpf_object *obj)
{
	int fd = bpf_program__fd(clocks_program(obj));
	int cpus = libbpf_num_possible_cpus(), err;

	for (int cpu = 0; cpu < cpus; cpu++) {
		LIBBPF_OPTS(bpf_test_run_opts, opts, .flags = BPF_F_TEST_RUN_ON_CPU,
			    .cpu = (__u32)cpu);

		err = bpf_prog_test_run_opts(fd, &opts);
		if (err && err != -ENXIO) /* offline */
			return err;
		if (!err && opts.retval)
			return -ENODATA;
	}
	return 0;
}
