import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

/** Debian's packages run this program before they start a service; exit code 101 prevents the start. */
const POLICY = '/usr/sbin/policy-rc.d';

/** As root on Debian or Ubuntu, installs the package of RabbitMQ without starting its service. */
export function installDebianRabbit() {
  if (process.getuid?.() !== 0 || !isDebian()) return;
  console.log('installing rabbitmq-server…');
  const ownPolicy = !existsSync(POLICY);
  if (ownPolicy) writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    for (const args of [['update'], ['install', '-y', '--no-install-recommends', 'rabbitmq-server']]) {
      const { status, stderr } = spawnSync('apt-get', args, {
        env,
        encoding: 'utf8',
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      if (status !== 0) return console.error(`apt-get ${args[0]} failed: ${stderr?.trim().split('\n').at(-1)}`);
    }
  } finally {
    if (ownPolicy) rmSync(POLICY, { force: true });
  }
}

function isDebian() {
  if (!existsSync('/etc/os-release') || !existsSync('/usr/bin/apt-get')) return false;
  return /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(readFileSync('/etc/os-release', 'utf8'));
}
