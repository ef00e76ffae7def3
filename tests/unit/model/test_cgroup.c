// SPDX-License-Identifier: GPL-2.0-only
/* Units, pods and containers in paths of cgroups, as systemd, Kubernetes and others make them. */
#include <errno.h>
#include <stdlib.h>

#include "support/test.h"
#include "model/cgroup.h"
#include "util/macros.h"

#define ID    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define OTHER "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210"
#define UID   "0f3c52a1-77de-4d0b-9b1e-5a6b7c8d9e0f"
#define SLICE "0f3c52a1_77de_4d0b_9b1e_5a6b7c8d9e0f"
#define HASH  "0123456789abcdef0123456789abcdef"

/* Empty: none. */
static const struct {
	const char *path, *unit, *pod, *container;
} known[] = {
	{"/", "", "", ""},
	{"", "", "", ""},
	{"/system.slice", "", "", ""},
	{"/init.scope", "init.scope", "", ""},
	{"/system.slice/cron.service", "cron.service", "", ""},
	{"/system.slice/agent.service/workers/1", "agent.service", "", ""},
	{"/system.slice/system-getty.slice/getty@tty1.service", "getty@tty1.service", "", ""},
	{"/system.slice/dev-disk\\x2duuid.swap", "dev-disk\\x2duuid.swap", "", ""},
	{"/system.slice/my\\x2dagent@a\\x2db.service", "my\\x2dagent@a\\x2db.service", "", ""},
	/* Escaped by systemd, as it begins like a file of the cgroup's. */
	{"/system.slice/_cgroup.service", "cgroup.service", "", ""},
	{"/user.slice/user-1000.slice/session-3.scope", "session-3.scope", "", ""},
	{"/user.slice/user-1000.slice/user@1000.service/app.slice/app-x-12.scope", "app-x-12.scope",
	 "", ""},
	{"/system.slice/.service", "", "", ""},
	{"/system.slice/service", "", "", ""},
	{"/a b.service", "", "", ""},
	{"/x.service.d", "", "", ""},
	/* Kubernetes, driver systemd */
	{"/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" SLICE
	 ".slice/cri-containerd-" ID ".scope",
	 "cri-containerd-" ID ".scope", UID, ID},
	{"/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod" SLICE ".slice/crio-" ID
	 ".scope",
	 "crio-" ID ".scope", UID, ID},
	{"/kubepods.slice/kubepods-pod" SLICE ".slice/docker-" ID ".scope", "docker-" ID ".scope",
	 UID, ID},
	{"/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" SLICE ".slice", "", UID,
	 ""},
	{"/kubepods.slice/kubepods-pod" HASH ".slice/docker-" ID ".scope", "docker-" ID ".scope",
	 HASH, ID},
	{"/kubepods.slice/kubepods-pod" SLICE ".slice/crio-conmon-" ID ".scope",
	 "crio-conmon-" ID ".scope", UID, ""},
	{"/kubepods.slice/kubepods-pod" SLICE ".slice/cri-containerd-" ID
	 ".scope/system.slice/a.service",
	 "a.service", UID, ID},
	/* The same, driver cgroupfs */
	{"/kubepods/burstable/pod" UID "/" ID, "", UID, ID},
	{"/kubepods/besteffort/pod" UID "/crio-" ID, "", UID, ID},
	{"/kubepods/pod" UID "/" ID, "", UID, ID},
	{"/kubepods/pod" HASH "/" ID, "", HASH, ID},
	{"/kubepods/pod" UID, "", UID, ""},
	{"/machine/kubepods/pod" UID "/" ID, "", UID, ID},
	/* The name of a slice and a scope, used by a runtime that makes cgroups itself */
	{"/system.slice/containerd.service/kubepods-burstable-pod" SLICE
	 ".slice:cri-containerd:" ID,
	 "containerd.service", UID, ID},
	{"/kubepods-pod" SLICE ".slice:cri-containerd:short", "", "", ""},
	{"/a:b:c", "", "", ""},
	{"/:", "", "", ""},
	/* kind: a node in a container, with slices of its kubelet, and within another pod */
	{"/docker/" OTHER "/kubelet/kubepods/burstable/pod" UID "/" ID, "", UID, ID},
	{"/docker/" OTHER "/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-burstable.slice/"
	 "kubelet-kubepods-burstable-pod" SLICE ".slice/cri-containerd-" ID ".scope",
	 "cri-containerd-" ID ".scope", UID, ID},
	{"/kubepods/pod" HASH "/" OTHER "/docker/" OTHER "/kubelet/kubepods/pod" UID "/" ID, "",
	 UID, ID},
	{"/kubepods/pod" HASH "/" OTHER "/docker/" OTHER "/kubelet/kubepods/pod" UID, "", UID, ""},
	{"/docker/" OTHER "/kubelet.slice/kubelet.service", "kubelet.service", "", OTHER},
	/* Without Kubernetes */
	{"/docker/" ID, "", "", ID},
	{"/system.slice/docker-" ID ".scope", "docker-" ID ".scope", "", ID},
	{"/machine.slice/libpod-" ID ".scope/container", "libpod-" ID ".scope", "", ID},
	{"/system.slice/nerdctl-" ID ".scope", "nerdctl-" ID ".scope", "", ID},
	{"/machine.slice/libpod-conmon-" ID ".scope", "libpod-conmon-" ID ".scope", "", ""},
	{"/system.slice/docker.service", "docker.service", "", ""},
	/* What only looks like it */
	{"/kubepods/burstable/podfoo/" ID, "", "", ID},
	{"/burstable/pod" UID, "", "", ""},
	{"/kubepods/x/pod" UID, "", "", ""},
	{"/kubepods/pod" SLICE, "", "", ""},
	{"/kubepods.slice/kubepods-pod" UID ".slice", "", "", ""},
	{"/kubepods-pod.slice", "", "", ""},
	{"/kubepods-burstable-.slice", "", "", ""},
	{"/notkubepods/pod" UID, "", "", ""},
	{"/docker/" ID "0", "", "", ""},
	{"/docker-" ID ".scope.d", "", "", ""},
	{"/docker/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdeg", "", "", ""},
	{"//system.slice//a.service//", "a.service", "", ""},
	{"/../../system.slice/a.service", "a.service", "", ""},
	{"system.slice/a.service", "a.service", "", ""},
	{"/\xff\xfe.service", "", "", ""},
	/* Of cgroup v1, whose paths have the same form; and of no hierarchy */
	{"/user.slice/user-0.slice/session-c1.scope", "session-c1.scope", "", ""},
	{"name=systemd:/system.slice/a.service", "a.service", "", ""},
};

TEST(test_names)
{
	struct cgroup_names names;

	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		memset(&names, 'x', sizeof(names));
		cgroup_parse(known[i].path, &names);
		if (strcmp(names.unit, known[i].unit) || strcmp(names.pod_uid, known[i].pod) ||
		    strcmp(names.container_id, known[i].container))
			fail_msg("%s: unit '%s', pod '%s', container '%s'", known[i].path,
				 names.unit, names.pod_uid, names.container_id);
	}
}

TEST(test_long_names)
{
	struct cgroup_names names;
	char path[1024] = "/";

	memset(path + 1, 'a', 247);
	strcpy(path + 248, ".service");
	cgroup_parse(path, &names);
	assert_string_equal(names.unit, path + 1);
	/* Longer than systemd allows */
	memset(path + 1, 'a', 900);
	strcpy(path + 901, ".service");
	cgroup_parse(path, &names);
	assert_string_equal(names.unit, "");
}

TEST(test_patterns)
{
	static const struct {
		const char *pattern, *path;
		bool matches;
	} patterns[] = {
		{"/", "/", true},
		{"/", "/a/b", true},
		{"/sys/fs/cgroup", "/a", true},
		{"/sys/fs/cgroup/", "/a", true},
		{"/sys/fs/cgroup/a", "/a", true},
		{"/sys/fs/cgroups", "/a", false},
		{"/a", "/a", true},
		{"/a/", "/a", true},
		{"/a", "/a/b/c", true},
		{"/a", "/ab", false},
		{"/a", "/b/a", false},
		{"/a/b", "/a", false},
		{"/a*", "/ab/c", true},
		{"/*/b", "/a/b/c", true},
		{"/*b", "/a/b", false},
		{"/a?c", "/abc", true},
		{"/a?c", "/a/c", false},
		{"/[ab]", "/b", true},
		{"/[", "/[", true},
		{"/a\\x2db", "/a\\x2db/c", true},
		{"/a\\x2d*", "/a\\x2db", false},
		{"/a\\\\x2d*", "/a\\x2db", true},
	};

	for (size_t i = 0; i < ARRAY_SIZE(patterns); i++)
		if (cgroup_matches(patterns[i].pattern, patterns[i].path) != patterns[i].matches)
			fail_msg("%s and %s", patterns[i].pattern, patterns[i].path);
}

TEST(test_store)
{
	struct cgroups *cgroups = cgroups_new(2);
	const struct cgroup *cgroup;
	char path[] = "/system.slice/a.service";

	assert_non_null(cgroups);
	assert_null(cgroups_find(cgroups, 7));
	assert_int_equal(cgroups_add(cgroups, 7, path), 0);
	cgroup = cgroups_find(cgroups, 7);
	assert_non_null(cgroup);
	memset(path, 'x', sizeof(path) - 1);
	assert_int_equal(cgroup->id, 7);
	assert_string_equal(cgroup->path, "/system.slice/a.service");
	assert_string_equal(cgroup->unit, "a.service");
	assert_null(cgroup->pod_uid);
	assert_null(cgroup->container_id);
	/* What is known stays. */
	assert_int_equal(cgroups_add(cgroups, 7, "/other"), 0);
	assert_string_equal(cgroup->path, "/system.slice/a.service");
	assert_int_equal(cgroups_add(cgroups, ~0ULL, "/kubepods/pod" UID "/" ID), 0);
	assert_string_equal(cgroups_find(cgroups, ~0ULL)->pod_uid, UID);
	assert_string_equal(cgroups_find(cgroups, ~0ULL)->container_id, ID);
	assert_int_equal(cgroups_add(cgroups, 8, "/"), -ENOSPC);
	assert_null(cgroups_find(cgroups, 8));
	assert_ptr_equal(cgroups_find(cgroups, 7), cgroup);
	cgroups_free(cgroups);
	cgroups_free(NULL);
}

/* The one that was not used for longest makes room, unless something refers to it. */
TEST(forgets_unused_ones)
{
	struct cgroups *cgroups = cgroups_new(1000);
	const struct cgroup *held;

	assert_non_null(cgroups);
	for (__u64 id = 1; id <= 4; id++)
		assert_int_equal(cgroups_add(cgroups, id, "/a"), 0);
	cgroups_forget_beyond(cgroups, 4);
	held = cgroups_use(cgroups, 2);
	assert_string_equal(held->path, "/a");
	cgroup_hold(held);
	assert_non_null(cgroups_use(cgroups, 1));
	for (__u64 id = 5; id <= 6; id++) /* in place of 3 and 4 */
		assert_int_equal(cgroups_add(cgroups, id, "/b"), 0);
	assert_null(cgroups_use(cgroups, 3));
	assert_null(cgroups_find(cgroups, 4));
	assert_non_null(cgroups_find(cgroups, 1));
	for (__u64 id = 7; id <= 100; id++)
		assert_int_equal(cgroups_add(cgroups, id, "/c"), 0);
	assert_null(cgroups_find(cgroups, 1));
	assert_ptr_equal(cgroups_find(cgroups, 2), held);
	assert_string_equal(held->path, "/a");
	cgroup_release(held);
	for (__u64 id = 101; id <= 110; id++)
		assert_int_equal(cgroups_add(cgroups, id, "/d"), 0);
	assert_null(cgroups_find(cgroups, 2));
	/* All are in use. */
	for (__u64 id = 107; id <= 110; id++)
		cgroup_hold(cgroups_use(cgroups, id));
	assert_int_equal(cgroups_add(cgroups, 111, "/e"), -ENOSPC);
	assert_non_null(cgroups_find(cgroups, 107));
	cgroup_hold(NULL);
	cgroup_release(NULL);
	cgroups_free(cgroups);
}

TEST_MAIN(NULL, NULL)
