#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""kubernetes.py MANIFEST UNIT: checks the DaemonSet; prints the reapd.conf of its ConfigMap.

kubectl, which would check against the API, is not there: FIELDS has what the API (apps/v1, v1) knows of
what we use, so that a misspelt key, which the API drops in silence, is found.
"""
import re
import sys

import yaml

META = {"name", "namespace", "labels", "annotations"}
FIELDS = {
    "ConfigMap": {"apiVersion", "kind", "metadata", "data"},
    "DaemonSet": {"apiVersion", "kind", "metadata", "spec"},
    "metadata": META,
    "DaemonSet.spec": {"selector", "template", "updateStrategy", "minReadySeconds", "revisionHistoryLimit"},
    "pod": {"automountServiceAccountToken", "containers", "hostNetwork", "hostPID", "initContainers",
            "nodeSelector", "priorityClassName", "terminationGracePeriodSeconds", "tolerations", "volumes"},
    "container": {"args", "command", "env", "image", "imagePullPolicy", "name", "resources",
                  "securityContext", "terminationMessagePolicy", "volumeMounts"},
    "securityContext": {"allowPrivilegeEscalation", "appArmorProfile", "capabilities", "privileged",
                        "readOnlyRootFilesystem", "runAsGroup", "runAsUser", "seLinuxOptions",
                        "seccompProfile"},
    "volumeMount": {"mountPath", "mountPropagation", "name", "readOnly"},
    "volume": {"configMap", "emptyDir", "hostPath", "name"},
    "hostPath": {"path", "type"},
}
failed = False


def check(what, ok):
    global failed
    if not ok:
        print(f"{sys.argv[1]}: {what}", file=sys.stderr)
        failed = True


def known(kind, value):
    for key in value:
        check(f"{kind} has no field '{key}'", key in FIELDS[kind])


with open(sys.argv[1], encoding="utf-8") as f:
    objects = {o["kind"]: o for o in yaml.safe_load_all(f)}
check("not a ConfigMap and a DaemonSet", set(objects) == {"ConfigMap", "DaemonSet"})
config, daemon = objects["ConfigMap"], objects["DaemonSet"]
check("versions of the API", (config["apiVersion"], daemon["apiVersion"]) == ("v1", "apps/v1"))
for kind, o in objects.items():
    known(kind, o)
    known("metadata", o["metadata"])
check("two namespaces", config["metadata"]["namespace"] == daemon["metadata"]["namespace"])

spec = daemon["spec"]
known("DaemonSet.spec", spec)
template = spec["template"]
labels = template["metadata"]["labels"].items()
check("the selector does not select", spec["selector"]["matchLabels"].items() <= labels)
pod = template["spec"]
known("pod", pod)
check("not in the host's PID namespace", pod["hostPID"] is True)
check("not one container", len(pod["containers"]) == 1)
container = pod["containers"][0]
known("container", container)

mounts = {m["name"]: m for m in container["volumeMounts"]}
volumes = {v["name"]: v for v in pod["volumes"]}
check(f"volumes and mounts differ: {set(mounts) ^ set(volumes)}", set(mounts) == set(volumes))
for mount in mounts.values():
    known("volumeMount", mount)
check("a mount twice", len({m.get("mountPath") for m in mounts.values()}) == len(container["volumeMounts"]))
for volume in volumes.values():
    known("volume", volume)
    if "hostPath" in volume:
        known("hostPath", volume["hostPath"])
        check(f"type of {volume['name']}", volume["hostPath"]["type"] in ("Directory", "DirectoryOrCreate"))
for name in ("cgroup", "bpf", "btf", "tracing", "run", "state"):
    check(f"{name} is mounted elsewhere than on the node",
          mounts[name].get("mountPath") == volumes[name]["hostPath"]["path"])
check("the ConfigMap is another", volumes["config"]["configMap"]["name"] == config["metadata"]["name"])

context = container["securityContext"]
known("securityContext", context)
with open(sys.argv[2], encoding="utf-8") as f:
    unit = set(re.findall(r"^CapabilityBoundingSet=CAP_(\w+)$", f.read(), re.M))
check("does not drop ALL", context["capabilities"]["drop"] == ["ALL"])
check(f"other capabilities than the unit: {set(context['capabilities']['add']) ^ (unit | {'IPC_LOCK'})}",
      set(context["capabilities"]["add"]) == unit | {"IPC_LOCK"})
check("privileged", context["privileged"] is False)

print(config["data"]["reapd.conf"], end="")
sys.exit(failed)
