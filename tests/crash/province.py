"""What the crash tests share: a data directory, a server, a load."""
import os
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

READY_S = 120


def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


class Province:
    """A data directory that knows the devices of the load generator."""

    def __init__(self, program, devices=100, directory=None, settings=()):
        self.program = os.path.abspath(program)
        self.devices = devices
        self.top = tempfile.mkdtemp(prefix='shangyou-crash-', dir=directory)
        self.data = os.path.join(self.top, 'data')
        self.log = os.path.join(self.top, 'server.log')
        self.acked = os.path.join(self.top, 'acked')
        self.port = free_port()
        self.http = free_port()
        self.settings = list(settings)
        self.server = None
        self.running = []

    def make(self):
        password = os.path.join(self.top, 'password')
        tables = os.path.join(self.top, 'registry')
        with open(password, 'w', encoding='ascii') as f:
            f.write('only-for-this-test\n')
        self.run('init', '--data', self.data, '--admin', 'crash',
                 '--password-file', password)
        self.run('simulate', '--load', 'yes', '--write-registry', tables,
                 '--devices', str(self.devices))
        self.run('import', 'registry', tables, '--data', self.data)
        return self

    def remove(self):
        for p in self.running:
            if p.poll() is None:
                p.kill()
                p.wait()
        shutil.rmtree(self.top, ignore_errors=True)

    def command(self, *words, **options):
        return subprocess.run([self.program, *words], check=False, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              **options)

    def run(self, *words):
        done = self.command(*words)
        if done.returncode:
            sys.exit('%s: exit code %d\n%s' %
                     (' '.join(words), done.returncode, done.stdout))
        return done.stdout

    # ---- the server ----

    def start(self, *settings):
        with open(self.log, 'a', encoding='utf-8') as log:
            self.server = subprocess.Popen(
                [self.program, 'serve', '--data', self.data,
                 '--http.listen', '127.0.0.1:%d' % self.http,
                 '--gateway.listen', '127.0.0.1:%d' % self.port,
                 *self.settings, *settings],
                stdout=subprocess.PIPE, stderr=log)
        self.running.append(self.server)

    def wait_ready(self, seconds=READY_S):
        """True once it said that it is ready; False when it ended or did not
        within that time."""
        if not select.select([self.server.stdout], [], [], seconds)[0]:
            return False
        return b'ready' in self.server.stdout.readline()

    def end(self, number=signal.SIGTERM, seconds=READY_S):
        self.server.send_signal(number)
        code = self.server.wait(timeout=seconds)
        self.server.stdout.close()
        self.running.remove(self.server)
        self.server = None
        return code

    def logged(self, *words):
        """Lines of the server's log with all these words."""
        with open(self.log, encoding='utf-8', errors='replace') as f:
            return [line for line in f if all(w in line for w in words)]

    # ---- the devices ----

    def load(self, seconds, rate, start='2020-01-01T00:00', in_flight=8,
             options=()):
        p = subprocess.Popen(
            [self.program, 'simulate', '--load', 'yes', '--target',
             '127.0.0.1:%d' % self.port, '--devices', str(self.devices),
             '--in-flight', str(in_flight), '--rate', str(rate),
             '--seconds', str(seconds), '--from', start,
             '--acked', self.acked, *options],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.running.append(p)
        return p

    # ---- what must hold ----

    def acknowledged(self):
        with open(self.acked, encoding='ascii') as f:
            return [tuple(line.split()) for line in f]

    def recorded(self):
        """How often each (MN, QN) is in the ledger."""
        frame = re.compile(r'QN=(\d+);.*MN=(\w+);')
        counts = {}
        dump = subprocess.Popen(
            [self.program, 'ledger', 'dump', '--kind', 'frame', '--data',
             self.data], stdout=subprocess.PIPE, text=True)
        for line in dump.stdout:
            found = frame.search(line)
            key = (found[2], found[1])
            counts[key] = counts.get(key, 0) + 1
        if dump.wait():
            sys.exit('ledger dump failed')
        return counts


def judge(province):
    """Every promise, after the server has stopped: a list of what is wrong."""
    wrong = []
    acked = province.acknowledged()
    recorded = province.recorded()
    lost = [k for k in acked if k not in recorded]
    twice = [k for k, n in recorded.items() if n > 1]
    if lost:
        wrong.append('%d acknowledged frames are not in the ledger, such as '
                     'MN=%s QN=%s' % (len(lost), *lost[0]))
    if twice:
        wrong.append('%d frames are more than once in the ledger, such as '
                     'MN=%s QN=%s' % (len(twice), *twice[0]))
    verify = province.command('ledger', 'verify', '--data', province.data)
    if verify.returncode:
        wrong.append('ledger verify: ' + verify.stdout.strip())
    anew = os.path.join(province.top, 'anew')
    shutil.rmtree(anew, ignore_errors=True)
    replay = province.command('replay', '--data', province.data, '--into', anew)
    if replay.returncode:
        wrong.append('the store is not what its ledger says:\n' + replay.stdout)
    print('acknowledged %d, in the ledger %d, lost %d, twice %d' %
          (len(acked), len(recorded), len(lost), len(twice)))
    print(verify.stdout.strip())
    print(replay.stdout.strip())
    return wrong


def wait_until(what, seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if what():
            return True
        time.sleep(0.1)
    return bool(what())
