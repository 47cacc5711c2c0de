import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createFreshMachine, type Ended, type FreshMachine } from "../../test/machine/fresh-machine.ts";
import { testFleet } from "../testing/synth.ts";
import { renderUserData } from "./user-data.ts";

// Real packages, real TLS; stand-ins only for AWS's installers and metadata service (infra/test/machine/).
const BOOT_TIMEOUT_MS = 600_000;
const fleet = testFleet();

/** Everything a run may change, with content: files below /etc, the installed packages, what units are enabled. */
const FINGERPRINT =
  "find /etc -xdev -type f -not -name ld.so.cache -exec sha256sum {} + | sort; find /etc/systemd -type l | sort; dpkg -l | sort";

/** Whatever is asked of anybody else fails, and so does apt. */
const ALONE = `printf '#!/bin/sh\\ncase "$*" in *http://169.254.169.254/*) exec /usr/bin/curl "$@" ;; *) exit 6 ;; esac\\n' >/usr/local/sbin/curl
  printf '#!/bin/sh\\nexit 100\\n' >/usr/local/sbin/apt-get; chmod 755 /usr/local/sbin/curl /usr/local/sbin/apt-get`;
/** Runs user data and counts the seconds of processor time that it took: those of the clock are as many on a machine that does nothing else. */
async function timed(machine: FreshMachine, script: string): Promise<{ ended: Ended; cpuSeconds: number }> {
  await machine.write("user-data", script);
  const ended = await machine.sh(
    "TIMEFORMAT='cpu %U %S'; time env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin bash /aws/user-data",
  );
  const [, user = "", system = ""] = /^cpu ([0-9.]+) ([0-9.]+)$/m.exec(ended.output) ?? [];
  return { ended, cpuSeconds: Number.parseFloat(user) + Number.parseFloat(system) };
}
const TOGETHER = "rm -f /usr/local/sbin/curl /usr/local/sbin/apt-get";

describe("a worker", () => {
  let machine: FreshMachine;
  let first: Ended;
  beforeAll(async () => {
    machine = await createFreshMachine("worker");
    first = await machine.boot(renderUserData("workers", fleet));
  }, BOOT_TIMEOUT_MS);
  afterAll(() => machine?.remove());

  test("boots", () => {
    expect(first.code, first.output).toBe(0);
  });

  test("has a worker.env that the shell of stack-worker can read", async () => {
    const { output } = await machine.sh(
      'set -a; . /etc/fleet/worker.env; echo "$FLEET_NAME $FLEET_ENVIRONMENT $WORKER_ID $WORKER_ZONE $WORKER_LIFECYCLE $FLEET_STATE_DIR"; $FLEET_PARAMETER_COMMAND /fleet/x',
    );
    expect(output).toBe("test production i-0123456789abcdef0 eu-central-1b spot /var/lib/fleet\nvalue-of-x\n");
    expect(await machine.read("/var/log/stand-ins.log")).toContain(
      "aws ssm get-parameter --with-decryption --query Parameter.Value --output text --name /fleet/x\n",
    );
  });

  test("has Docker with compose 2.24 or later", async () => {
    const { output } = await machine.sh("docker compose version --short");
    const [major = 0, minor = 0] = output.replace(/^v/, "").split(".").map(Number);
    expect(major * 1000 + minor, output).toBeGreaterThanOrEqual(2024);
    expect((await machine.sh("systemctl is-active docker")).output.trim()).toBe("active");
  });

  test("has valid settings for Docker, its registry and the logs", async () => {
    const daemon = JSON.parse(await machine.read("/etc/docker/daemon.json"));
    expect(daemon).toMatchObject({ "live-restore": true, "default-address-pools": [{ base: "10.213.0.0/16" }] });
    // dockerd itself checks the file.
    expect((await machine.sh("dockerd --validate --config-file /etc/docker/daemon.json")).output).toContain("OK");
    const { credHelpers } = JSON.parse(await machine.read("/etc/fleet/docker/config.json"));
    expect(credHelpers).toEqual({ "123456789012.dkr.ecr.eu-central-1.amazonaws.com": "ecr-login" });
    expect((await machine.sh("command -v docker-credential-ecr-login")).code).toBe(0);
    const { collect_list } = JSON.parse(await machine.read("/etc/fleet/cloudwatch.json")).logs.logs_collected.files;
    expect(new Set(collect_list.map((entry: { log_group_name: string }) => entry.log_group_name))).toEqual(
      new Set(["/fleet/test/production/workers"]),
    );
  });

  test("has its agents running, the one for deployments last", async () => {
    for (const agent of ["amazon-ssm-agent", "codedeploy-agent", "fleet-worker"])
      expect((await machine.sh(`systemctl is-active ${agent}`)).output.trim(), agent).toBe("active");
    const installed = (await machine.read("/var/log/stand-ins.log"))
      .split("\n")
      .filter((line) => /^installed/.test(line));
    expect(installed.at(-1)).toBe("installed codedeploy-agent");
    expect(installed).toHaveLength(4);
  });

  test("has the CodeDeploy agent that needs no Ruby, where the region has it", async () => {
    expect((await machine.sh("dpkg -s ruby")).code).not.toBe(0);
  });

  test("tells the group that it is ready", async () => {
    expect(await machine.read("/var/log/stand-ins.log")).toMatch(
      /aws autoscaling complete-lifecycle-action --region eu-central-1 --auto-scaling-group-name fleet-test-production-workers --lifecycle-hook-name fleet-test-production-launching --instance-id i-0123456789abcdef0 --lifecycle-action-result CONTINUE/,
    );
  });

  test("starts its services at boot and stops them before the machine goes down, once there is a revision", async () => {
    const home = "/opt/fleet/stack-worker";
    const script = (name: string) =>
      `printf '#!/bin/sh\\necho ${name} >>/var/log/units.log\\n' >${home}/${name}.sh; chmod 755 ${home}/${name}.sh`;
    await machine.sh(`mkdir -p ${home}; ${script("start")}; ${script("stop")}`);
    await machine.sh("systemctl stop fleet-worker; systemctl start fleet-worker");
    expect(await machine.read("/var/log/units.log")).toBe("stop\nstart\n");
    await machine.sh(`rm -r ${home}`);
  });

  test("changes nothing when it boots again", { timeout: BOOT_TIMEOUT_MS }, async () => {
    const before = (await machine.sh(FINGERPRINT)).output;
    const again = await machine.boot(renderUserData("workers", fleet));
    expect(again.code, again.output).toBe(0);
    expect((await machine.sh(FINGERPRINT)).output).toBe(before);
    expect((await machine.read("/var/log/stand-ins.log")).match(/^installed/gm)).toHaveLength(4);
  });

  test("where everything is there it is done in under 10 s, asks nobody but the machine itself, and pulls nothing", {
    timeout: BOOT_TIMEOUT_MS,
  }, async () => {
    await machine.sh(ALONE);
    const { ended, cpuSeconds } = await timed(machine, renderUserData("workers", fleet));
    await machine.sh(TOGETHER);
    expect(ended.code, ended.output).toBe(0);
    expect(cpuSeconds).toBeLessThan(10);
  });

  describe("as the instance of an image", () => {
    const images = ["registry.example.com/fleet-test-production/web:1", "registry.example.com/x@sha256:1"];
    let baked: Ended;
    beforeAll(async () => {
      const secret = "printf secret >";
      await machine.sh(`mkdir -p /var/lib/fleet/secrets /root/.ssh /etc/ssh /var/lib/amazon/ssm/Vault /home/ubuntu/.ssh /opt/fleet/stack-worker
        for file in /var/lib/fleet/secrets/web.env /root/.ssh/authorized_keys /home/ubuntu/.ssh/authorized_keys /etc/ssh/ssh_host_rsa_key \
          /var/lib/amazon/ssm/Vault/id /var/log/app.log /opt/fleet/stack-worker/.env /root/.bash_history; do ${secret}"$file"; done
        echo 0123456789abcdef >/etc/machine-id; systemctl cat ssh >/dev/null 2>&1 || true
        printf '#!/bin/sh\\nif [ "$1" = pull ]; then echo "docker $* with $DOCKER_CONFIG" >>/aws/pulled; else exec /usr/bin/docker "$@"; fi\\n' >/usr/local/sbin/docker
        printf '#!/bin/sh\\necho "shutdown $*" >>/aws/pulled\\n' >/usr/local/sbin/shutdown
        chmod 755 /usr/local/sbin/docker /usr/local/sbin/shutdown`);
      const bake = readFileSync(new URL("../../user-data/bake.sh", import.meta.url), "utf8");
      baked = await machine.boot(`${renderUserData("workers", fleet)}\nBAKE_IMAGES='${images.join("\n")}'\n${bake}`);
    }, BOOT_TIMEOUT_MS);
    afterAll(() => machine?.sh("rm -f /usr/local/sbin/docker /usr/local/sbin/shutdown"));

    test("it pulls what a worker would pull, then turns itself off", async () => {
      expect(baked.code, baked.output).toBe(0);
      expect((await machine.sh("cat /aws/pulled")).output.trim().split("\n")).toEqual([
        ...images.map((image) => `docker pull -q ${image} with /etc/fleet/docker`),
        "shutdown -h now",
      ]);
    });

    test("nothing of it is left that another machine must not have", async () => {
      const { output } = await machine.sh(
        "grep -rlI secret /var/lib/fleet /root /home /etc/ssh /var/lib/amazon /var/log /opt/fleet /etc/fleet 2>/dev/null; cat /etc/machine-id; ls /etc/ssh | grep ssh_host_",
      );
      expect(output).toBe("");
    });

    test("agents that speak for a machine wait for its user data", async () => {
      for (const unit of ["codedeploy-agent", "amazon-cloudwatch-agent", "fleet-worker"])
        expect((await machine.sh(`systemctl is-enabled ${unit}`)).output.trim(), unit).not.toBe("enabled");
    });

    test("a worker of it is ready in under 10 s, alone", { timeout: BOOT_TIMEOUT_MS }, async () => {
      await machine.sh(ALONE);
      const { ended, cpuSeconds } = await timed(machine, renderUserData("workers", fleet));
      await machine.sh(TOGETHER);
      expect(ended.code, ended.output).toBe(0);
      expect(cpuSeconds).toBeLessThan(10);
      expect(await machine.read("/etc/fleet/worker.env")).toContain("WORKER_ID='i-0123456789abcdef0'");
      for (const agent of ["amazon-ssm-agent", "codedeploy-agent", "fleet-worker"])
        expect((await machine.sh(`systemctl is-active ${agent}`)).output.trim(), agent).toBe("active");
    });

    test("where something secret cannot be taken off it does not turn itself off, and says what is left", {
      timeout: BOOT_TIMEOUT_MS,
    }, async () => {
      await machine.sh(
        "rm /aws/pulled; mkdir -p /var/lib/fleet/held; mount -t tmpfs none /var/lib/fleet/held; echo secret >/var/lib/fleet/held/x",
      );
      const bake = readFileSync(new URL("../../user-data/bake.sh", import.meta.url), "utf8");
      const failed = await machine.boot(`${renderUserData("workers", fleet)}\nBAKE_IMAGES=''\n${bake}`);
      await machine.sh("umount /var/lib/fleet/held");
      expect(failed.code).not.toBe(0);
      expect(failed.output).toMatch(/failed with \d+ at: (clean the machine|check that nothing)/);
      expect((await machine.sh("cat /aws/pulled")).output).not.toContain("shutdown");
      await machine.boot(renderUserData("workers", fleet));
    });
  });

  test("says which step failed, and hands itself back to the group", { timeout: BOOT_TIMEOUT_MS }, async () => {
    await machine.sh(
      "printf '#!/bin/sh\\nexit 3\\n' >/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl",
    );
    const broken = await machine.boot(renderUserData("workers", fleet));
    expect(broken.code).toBe(3);
    expect(await machine.read("/var/log/fleet-user-data.log")).toContain(
      "failed with 3 at: start the CloudWatch agent",
    );
    expect((await machine.read("/var/log/stand-ins.log")).trimEnd().split("\n").at(-1)).toContain("ABANDON");
  });

  test("shellcheck finds nothing in user data and in the scripts of both stacks", {
    timeout: BOOT_TIMEOUT_MS,
  }, async () => {
    await machine.sh("apt-get install -y -q --no-install-recommends shellcheck");
    for (const stack of ["stack-worker", "stack-prometheus"]) {
      await machine.copy(fileURLToPath(new URL(`../../../${stack}`, import.meta.url)), `/${stack}`);
      // Those in release/ are parts of the hooks, and checked with them.
      const scripts = "find . -name '*.sh' ! -path './release/*'";
      const checked = await machine.sh(`cd /${stack} && ${scripts} -exec shellcheck -x {} +`);
      expect(checked.code, checked.output).toBe(0);
    }
    await machine.write("monitoring", renderUserData("monitoring", fleet));
    const bake = readFileSync(new URL("../../user-data/bake.sh", import.meta.url), "utf8");
    await machine.write("bake", `${renderUserData("workers", fleet)}\nBAKE_IMAGES=''\n${bake}`);
    // SC2016: text in single quotes that is for another shell.
    const checked = await machine.sh("shellcheck --exclude=SC2016 /aws/user-data /aws/monitoring /test/prepare.sh");
    expect(checked.code, checked.output).toBe(0);
    // SC2317: the worker's own report is defined anew, and not reached any more.
    const bakes = await machine.sh("shellcheck --exclude=SC2016,SC2317 /aws/bake");
    expect(bakes.code, bakes.output).toBe(0);
  });
});

describe("the monitoring instance", () => {
  let machine: FreshMachine;
  let first: Ended;
  beforeAll(async () => {
    machine = await createFreshMachine("monitoring");
    // An EBS volume: a loop device, which lsblk is made to describe as EC2 does.
    await machine.sh(
      `truncate -s 64M /data.img; for n in $(seq 0 31); do mknod /dev/loop$n b 7 $n; done
       losetup -f --show /data.img >/data.device
       printf '#!/bin/sh\\ncase $1 in -dnpo) echo "$(cat /data.device) disk Amazon Elastic Block Store" ;; *) exec /usr/bin/lsblk "$@" ;; esac\\n' >/usr/local/sbin/lsblk
       chmod 755 /usr/local/sbin/lsblk`,
    );
    // A region that version 2 of the CodeDeploy agent has not reached.
    await machine.sh("rm /aws/codedeploy-install-v2");
    first = await machine.boot(renderUserData("monitoring", fleet));
  }, BOOT_TIMEOUT_MS);
  afterAll(async () => {
    await machine?.sh("umount /var/lib/docker/volumes; losetup -d $(cat /data.device)");
    await machine?.remove();
  });

  test("boots", () => {
    expect(first.code, first.output).toBe(0);
  });

  test("has the older CodeDeploy agent where the region has no other", async () => {
    expect((await machine.sh("dpkg -s ruby codedeploy-agent")).code).toBe(0);
  });

  test("deploys nothing where nothing was released yet", async () => {
    expect(first.output).toContain("nothing was released yet");
    expect(await machine.read("/var/log/stand-ins.log")).not.toContain("create-deployment");
  });

  test("keeps Docker's volumes on the data volume", async () => {
    expect((await machine.sh("findmnt -no FSTYPE,LABEL /var/lib/docker/volumes")).output.trim()).toMatch(
      /ext4 +fleet-data/,
    );
  });

  test("publishes Prometheus at its private address, and nothing else", async () => {
    const env = await machine.read("/etc/fleet/monitoring.env");
    expect(env).toContain("PROMETHEUS_BIND_ADDRESS='172.16.1.10'\n");
    expect(env).not.toMatch(/^BIND_ADDRESS/m);
  });

  test("runs its units and agents", async () => {
    for (const unit of ["fleet-monitoring", "codedeploy-agent", "amazon-ssm-agent"])
      expect((await machine.sh(`systemctl is-active ${unit}`)).output.trim(), unit).toBe("active");
    expect((await machine.sh("systemctl is-enabled fleet-heartbeat.timer")).output.trim()).toBe("enabled");
  });

  describe("with stack-prometheus", () => {
    const home = "/opt/fleet/stack-prometheus";
    const script = (name: string) => machine.sh(`FLEET_MONITORING_ENV=/test.env ${home}/${name}`);
    beforeAll(async () => {
      // The machine's own, with a folder that a container beside it shares, and its network.
      await machine.sh(
        "sed 's|/etc/fleet/secrets|/aws/secrets|; s/172.16.1.10/127.0.0.1/' /etc/fleet/monitoring.env >/test.env; mkdir -p /opt/fleet",
      );
      await machine.copy(fileURLToPath(new URL("../../../stack-prometheus", import.meta.url)), home);
      // What is rendered in the repository is of its user's fleet.
      await machine.sh(
        `printf '%s\\t%s\\n' prometheus_password PROMETHEUS_PASSWORD worker_password REMOTE_WRITE_PASSWORD alerts_token ALERTS_TOKEN api_token API_TOKEN grafana_password GRAFANA_PASSWORD >${home}/rendered/secrets.tsv`,
      );
    });

    test("its secrets become files for its containers' group, those it does not use empty ones", async () => {
      expect(await script("secrets.sh")).toEqual({ code: 0, output: "changed\n" });
      const { output } = await machine.sh("cd /aws/secrets && stat -c '%n %a %g %s' *");
      expect(output.trim().split("\n")).toEqual([
        "alerts_token 640 7653 21",
        "api_token 640 7653 18",
        "grafana_password 640 7653 25",
        "prometheus_password 640 7653 28",
        "repository_token 640 7653 0",
        "slack_webhook_url 640 7653 0",
        "telegram_token 640 7653 0",
        expect.stringMatching(/^web\.yml 640 7653 \d+$/),
        "webhook_secret 640 7653 0",
      ]);
    });

    test("written again, they stay as they are", async () => {
      expect(await script("secrets.sh")).toEqual({ code: 0, output: "unchanged\n" });
    });

    test("a secret that is missing is named, and nothing is changed", async () => {
      await machine.sh(
        `cp ${home}/rendered/secrets.tsv /secrets.tsv; printf 'api_token\tMISSING\n' >>${home}/rendered/secrets.tsv`,
      );
      const before = (await machine.sh("cd /aws/secrets && sha256sum *")).output;
      const { code, output } = await script("secrets.sh");
      expect(code).toBe(1);
      expect(output).toContain("cannot read the secret MISSING: create it with npx fleet secrets set MISSING");
      expect((await machine.sh("cd /aws/secrets && sha256sum *")).output).toBe(before);
      await machine.sh(`cp /secrets.tsv ${home}/rendered/secrets.tsv`);
    });

    test("one that was rotated is written", async () => {
      await machine.sh("echo -2 >/var/log/suffix");
      expect(await script("secrets.sh")).toEqual({ code: 0, output: "changed\n" });
      expect((await machine.sh("cat /aws/secrets/api_token")).output).toBe("value-of-API_TOKEN-2");
    });

    test("Prometheus takes the hashes, and the heartbeat tells CloudWatch of the scaler and of failing requests", async () => {
      await machine.sh("chmod 755 /aws /aws/secrets");
      await machine.runBeside("PROMETHEUS_IMAGE", [
        "--config.file=/test/prometheus.yml",
        "--web.config.file=/aws/secrets/web.yml",
        "--storage.tsdb.path=/tmp/data",
      ]);
      const share = async () => {
        const { code, output } = await script("heartbeat.sh");
        expect(code, output).toBe(0);
        const told = [...(await machine.read("/var/log/stand-ins.log")).matchAll(/put-metric-data (.*)/g)].map(
          ([, args]) => args,
        );
        expect(told.at(-1)).toBe("--namespace Fleet/test/production --metric-name ScalerHeartbeat --value 1");
        const errors = told.filter((args) => args?.includes("--metric-name ServerErrorShare")).at(-1);
        return Number(errors?.split(" ").at(-1));
      };
      await expect.poll(share, { timeout: 90_000, interval: 2000 }).toBeCloseTo(0.25, 2);
    });
  });

  test("changes nothing when it boots again", { timeout: BOOT_TIMEOUT_MS }, async () => {
    await machine.boot(renderUserData("monitoring", fleet));
    const before = (await machine.sh(FINGERPRINT)).output;
    const again = await machine.boot(renderUserData("monitoring", fleet));
    expect(again.code, again.output).toBe(0);
    expect((await machine.sh(FINGERPRINT)).output).toBe(before);
  });

  test("takes a volume that has data as it is, as a replaced instance does", { timeout: BOOT_TIMEOUT_MS }, async () => {
    await machine.sh(
      "echo kept >/var/lib/docker/volumes/file; umount /var/lib/docker/volumes; sed -i /fleet/d /etc/fstab",
    );
    const again = await machine.boot(renderUserData("monitoring", fleet));
    expect(again.code, again.output).toBe(0);
    expect(await machine.read("/var/lib/docker/volumes/file")).toBe("kept\n");
  });

  test("fetches the last revision when it replaced another", { timeout: BOOT_TIMEOUT_MS }, async () => {
    await machine.sh("echo d-LAST >/var/log/last-deployment");
    const again = await machine.boot(renderUserData("monitoring", fleet));
    expect(again.code, again.output).toBe(0);
    const log = await machine.read("/var/log/stand-ins.log");
    expect(log).toContain("aws deploy get-deployment --deployment-id d-LAST ");
    expect(log.trimEnd().split("\n").at(-1)).toMatch(
      /^aws deploy create-deployment --application-name fleet-test-production-releases --deployment-group-name monitoring --revision \{.*aaaaaaaaaaaa-bbbbbbbbbbbb\.tgz"\}\} --file-exists-behavior OVERWRITE /,
    );
  });
});
