"""What the crash tests share: a data directory, a server, a load."""
import os
import http.cookiejar
import json
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

READY_S = 120
PASSWORD = 'only-for-this-test'


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
        self.at_end = []
        self.browser = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))

    def __enter__(self):
        return self

    def __exit__(self, *ignored):
        self.remove()

    def twin(self):
        """Another server for the same directory, on ports of its own."""
        other = Province(self.program, self.devices)
        other.data = self.data
        self.at_end.append(other.remove)
        return other

    def make(self):
        password = os.path.join(self.top, 'password')
        tables = os.path.join(self.top, 'registry')
        with open(password, 'w', encoding='ascii') as f:
            f.write(PASSWORD + '\n')
        self.run('init', '--data', self.data, '--admin', 'crash',
                 '--password-file', password, '--keep-password')
        self.run('simulate', '--load', 'yes', '--write-registry', tables,
                 '--devices', str(self.devices))
        self.run('import', 'registry', tables, '--data', self.data)
        return self

    def remove(self):
        for p in self.running:
            if p.poll() is None:
                p.kill()
                p.wait()
        for end in self.at_end:
            end()
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

    def start_ready(self, *settings):
        self.start(*settings)
        if not self.wait_ready():
            with open(self.log, encoding='utf-8', errors='replace') as f:
                print(''.join(f.readlines()[-20:]))
            sys.exit('the server does not become ready')

    def wait(self, seconds=READY_S):
        return self.server.wait(timeout=seconds)

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

    def get(self, path):
        """The answer's text, whatever its status; '' when there is none."""
        try:
            with self.browser.open('http://127.0.0.1:%d%s' %
                                   (self.http, path), timeout=30) as answer:
                return answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.read().decode()
        except OSError:
            return ''

    def log_in(self):
        body = json.dumps({'name': 'crash', 'password': PASSWORD})
        self.browser.open(urllib.request.Request(
            'http://127.0.0.1:%d/api/v1/session' % self.http, body.encode(),
            {'Content-Type': 'application/json'}), timeout=30).close()

    def metric(self, name):
        found = re.search(r'^shangyou_%s (\d+)$' % re.escape(name), self.get('/metrics'),
                          re.M)
        return int(found[1]) if found else -1

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

    def stop_load(self, load):
        """The load's own words about itself."""
        load.send_signal(signal.SIGINT)
        said = load.communicate()[0].strip()
        self.running.remove(load)
        if load.returncode:
            sys.exit('the load generator failed: ' + said)
        tell(said)

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


def tell(text):
    print('    ' + text.replace('\n', '\n    '), flush=True)


class Check:
    """check('what must hold', whether it does), counted."""

    def __init__(self):
        self.good = self.bad = 0

    def __call__(self, what, holds):
        self.good += bool(holds)
        self.bad += not holds
        print('  %s %s' % ('ok   ' if holds else 'WRONG', what), flush=True)

    def result(self, name):
        print('%s: %d passed, %d failed' % (name, self.good, self.bad))
        return 1 if self.bad else 0


check = Check()


def judge(province):
    """Every promise, after the server has stopped."""
    acked = province.acknowledged()
    recorded = province.recorded()
    lost = [k for k in acked if k not in recorded]
    twice = [k for k, n in recorded.items() if n > 1]
    tell('acknowledged %d, in the ledger %d' % (len(acked), len(recorded)))
    check('every acknowledged frame is in the ledger', acked and not lost)
    check('no frame is there twice', not twice)
    for mn, qn in lost[:3] + twice[:3]:
        tell('MN=%s QN=%s' % (mn, qn))
    verify = province.command('ledger', 'verify', '--data', province.data)
    tell(verify.stdout.strip())
    check('the ledger verifies', verify.returncode == 0)
    anew = os.path.join(province.top, 'anew')
    shutil.rmtree(anew, ignore_errors=True)
    replay = province.command('replay', '--data', province.data, '--into', anew)
    tell(replay.stdout.strip())
    check('the store is what its ledger says', replay.returncode == 0)


def wait_until(what, seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if what():
            return True
        time.sleep(0.1)
    return bool(what())
