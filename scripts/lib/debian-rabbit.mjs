import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

/** What Debian's packages ask before they start a service; 101 means no. */
const POLICY = '/usr/sbin/policy-rc.d';

/** Installs Debian's package of RabbitMQ where that is possible (root, Debian or Ubuntu), without starting its service. */
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
