"""A virtual machine with Debian's kernel, whose root is an initramfs of this host's own programs: no disk, no network."""

import base64
import dataclasses
import os
import pathlib
import re
import shutil
import stat
import subprocess
import sysconfig
import tarfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
WORK = ROOT / "build/e2e-cgroups_v2"
BUILD = ROOT / "build/release"
CONSOLE = WORK / "console.log"
TIME_LIMIT_S = 600  # everything takes about two minutes
KVM_BOOTS_WITHIN_S = 20  # init says its first words within three
MEMORY_MIB = 1536
ENVIRONMENT = {**os.environ, "LC_ALL": "C"}

JOUST_PROGRAMS = ["joust", "tests/joust_unit_host", "tests/joust_unit_runtime"]
# What init.sh, the tests' scripts and the contender call.
HOST_PROGRAMS = """base64 cat chmod chown cp env find grep head id ip ls mkdir mount nproc python3 rm setpriv
    setsid sh sleep tail timeout touch tr true wc""".split()
# Folders of Python's library that a service of a few lines does without.
LEFT_OUT = ("test", "dist-packages", "config-*", "lib2to3", "idlelib", "ensurepip", "pydoc_data", "tkinter", "unittest")


class Unusable(Exception):
    """There can be no machine; the text says what to install."""


@dataclasses.dataclass(frozen=True)
class Architecture:
    kernel_package: str
    qemu: str
    qemu_package: str
    options: tuple[str, ...]
    console: str


ARCHITECTURES = {
    "amd64": Architecture("linux-image-cloud-amd64", "qemu-system-x86_64", "qemu-system-x86", (), "ttyS0"),
    "arm64": Architecture("linux-image-cloud-arm64", "qemu-system-aarch64", "qemu-system-arm",
                          ("-machine", "virt", "-cpu", "max"), "ttyAMA0"),
}


def printed(*command):
    return subprocess.run(command, check=True, text=True, capture_output=True, env=ENVIRONMENT, cwd=WORK).stdout


def architecture() -> Architecture:
    name = printed("dpkg", "--print-architecture").strip()
    if name not in ARCHITECTURES:
        raise Unusable(f"no virtual machine is described for the architecture {name}")
    found = ARCHITECTURES[name]
    if not shutil.which(found.qemu):
        raise Unusable(f"{found.qemu} is missing: apt-get install --no-install-recommends {found.qemu_package}")
    return found


def download(package: str, apt_options: list[str]) -> pathlib.Path:
    """The kernel of the newest version that apt knows, unpacked; what is there already is not fetched again."""
    depends = printed("apt-cache", *apt_options, "depends", package)
    image = re.search(r"^  Depends: (linux-image-\S+)", depends, re.M)[1]
    archive = WORK / printed("apt-get", *apt_options, "download", "--print-uris", image).split()[1]
    kernel = archive.with_suffix(".vmlinuz")
    if kernel.exists():
        return kernel
    printed("apt-get", *apt_options, "download", image)
    with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", archive], stdout=subprocess.PIPE) as process:
        with tarfile.open(fileobj=process.stdout, mode="r|") as files:
            for entry in files:
                if entry.name.startswith("./boot/vmlinuz"):
                    kernel.with_suffix(".part").write_bytes(files.extractfile(entry).read())
    for old in WORK.glob("linux-image-*"):
        if old.suffix != ".part":
            old.unlink()
    return kernel.with_suffix(".part").rename(kernel)


def find_kernel(package: str) -> pathlib.Path:
    """By this system's lists of packages; where they are too old or missing, by lists of our own, which need no root."""
    lists = WORK / "apt/lists"
    (lists / "partial").mkdir(parents=True, exist_ok=True)
    own = ["-o", f"Dir::State::Lists={lists}", "-o", f"Dir::Cache={WORK}/apt"]
    trouble = []
    for options in ([], own):
        try:
            if options:
                printed("apt-get", *options, "update")
            return download(package, options)
        except (subprocess.CalledProcessError, TypeError, IndexError, OSError) as error:
            trouble.append(f"{error}\n{getattr(error, 'stderr', '')}")
    if kept := sorted(WORK.glob("linux-image-*.vmlinuz")):
        return kept[-1]
    raise Unusable(f"the package {package} cannot be downloaded:\n" + "\n".join(trouble))


class Cpio:
    """A root file system in the format "newc", in which the kernel takes it. Everything belongs to root."""

    def __init__(self, path: pathlib.Path):
        self.file = path.open("wb")
        self.names: set[str] = set()

    def add(self, name: str, mode: int, content: bytes = b"", device=(0, 0)):
        if name in self.names:
            return
        self.names.add(name)
        head = [len(self.names), mode, 0, 0, 1, 0, len(content), 0, 0, *device, len(name) + 1, 0]
        self.padded(b"070701" + b"".join(b"%08x" % number for number in head) + name.encode() + b"\0")
        self.padded(content)

    def padded(self, data: bytes):
        self.file.write(data + b"\0" * (-len(data) % 4))

    def directory(self, name: str, mode=0o755):
        parent = os.path.dirname(name)
        if parent:
            self.directory(parent)
        self.add(name, stat.S_IFDIR | mode)

    def write(self, name: str, content: bytes | str, mode=0o755):
        """A file below the root, with the folders above it."""
        name = name.lstrip("/")
        if folder := os.path.dirname(name):
            self.directory(folder)
        self.add(name, stat.S_IFREG | mode, content.encode() if isinstance(content, str) else content)

    def link(self, name: str, target: str):
        self.add(name, stat.S_IFLNK | 0o777, target.encode())

    def copy(self, path: pathlib.Path):
        """A file of this host, at its place, with the libraries that it is linked with."""
        self.write(os.path.join(os.path.realpath(path.parent), path.name), path.read_bytes())

    def copy_program(self, path: pathlib.Path, place: str | None = None):
        if place:
            self.write(place, path.read_bytes())
        else:
            self.copy(path)
        libraries = subprocess.run(["ldd", path], text=True, capture_output=True, env=ENVIRONMENT).stdout
        for library in re.findall(r"(?:=> |^\t)(/\S+) \(0x", libraries, re.M):
            self.copy(pathlib.Path(library))

    def close(self):
        self.add("TRAILER!!!", 0)
        self.file.close()


def copy_python(root: Cpio):
    library = pathlib.Path(sysconfig.get_path("stdlib"))
    for folder, folders, files in os.walk(library):
        ignored = shutil.ignore_patterns(*LEFT_OUT)(folder, folders)
        folders[:] = sorted(set(folders) - ignored)
        for file in files:
            path = pathlib.Path(folder, file)
            if path.suffix == ".so":
                root.copy_program(path)
            elif path.suffix in (".py", ".pyc"):
                root.copy(path)


def copy_postgres(root: Cpio):
    """The newest one, without its compiler of expressions, which is larger than all the rest."""
    program = max(pathlib.Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[4]))
    for name in ("postgres", "initdb"):
        root.copy_program(program.parent / name)
    for library in (program.parents[1] / "lib").glob("*.so"):
        if not library.name.startswith("llvmjit"):
            root.copy_program(library)
    for path in pathlib.Path("/usr/share/postgresql", program.parts[4]).rglob("*"):
        if path.is_file() and "extension" not in path.parts or path.name.startswith("plpgsql"):
            root.copy(path)
    root.copy(pathlib.Path("/usr/share/zoneinfo/UTC"))


def copy_gnuplot(root: Cpio):
    for name in ("gnuplot-nox", "gnuplot"):
        if path := shutil.which(name, path="/usr/bin"):
            root.copy_program(pathlib.Path(path), "usr/bin/gnuplot")
            break
    for folder in ("/usr/share/gnuplot", "/usr/share/fonts/truetype/dejavu", "/etc/fonts"):
        for file in pathlib.Path(folder).rglob("*"):
            if file.is_file():
                root.copy(file)


def make_root(path: pathlib.Path, extra: dict[str, str]):
    """`extra` has the texts of further files by their names."""
    root = Cpio(path)
    for name in ("bin", "sbin", "lib", "lib64"):
        if os.path.islink(f"/{name}"):
            root.directory(f"usr/{name}")
            root.link(name, f"usr/{name}")
    for name in ("proc", "sys", "dev", "tmp", "run", "var/tmp", "home/user", "root"):
        root.directory(name)
    root.add("dev/console", stat.S_IFCHR | 0o600, device=(5, 1))
    root.write("etc/passwd", "root:x:0:0::/root:/bin/sh\nuser:x:1000:1000::/home/user:/bin/sh\n"
                             "joust:x:999:999::/nonexistent:/bin/false\n"
                             "nobody:x:65534:65534::/nonexistent:/bin/false\n", 0o644)
    root.write("etc/group", "root:x:0:\nuser:x:1000:\njoust:x:999:\nnogroup:x:65534:\n", 0o644)
    root.write("etc/hosts", "127.0.0.1 localhost\n", 0o644)
    root.write("init", (HERE / "init.sh").read_text())
    for name, text in extra.items():
        root.write(name, text)
    for name in JOUST_PROGRAMS:
        root.copy_program(BUILD / name, f"joust/{os.path.basename(name)}")
    for name in HOST_PROGRAMS:
        found = shutil.which(name, path="/usr/sbin:/usr/bin:/sbin:/bin")
        if not found:
            raise Unusable(f"the program {name}, which goes into the machine, is missing on this host")
        root.copy_program(pathlib.Path(found))
    copy_python(root)
    copy_postgres(root)
    copy_gnuplot(root)
    root.close()


@dataclasses.dataclass(frozen=True)
class Report:
    """What a part of init.sh has sent: the exit code of its program, and a file."""

    code: int
    text: str


def last_lines(count=25) -> str:
    lines = CONSOLE.read_text(errors="replace").splitlines() if CONSOLE.exists() else []
    shown = [line[:300] for line in lines if line and not line.startswith("joust-report ")]
    return "\n".join([*shown[-count:], f"The whole console: {CONSOLE}"])


def begins(machine: subprocess.Popen, seconds: float) -> bool:
    """Whether init has said its first words by then."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and machine.poll() is None:
        if CONSOLE.exists() and "joust-begin" in CONSOLE.read_text(errors="replace"):
            return True
        time.sleep(0.1)
    return machine.poll() is not None


def boot(kernel: pathlib.Path, root: pathlib.Path, kind: Architecture) -> str | None:
    """Runs the machine to its end. What was wrong with that, None if nothing."""
    # A /dev/kvm within a virtual machine may start machines in which no kernel boots: then the next one emulates.
    accelerators = (["kvm"] if os.access("/dev/kvm", os.R_OK | os.W_OK) else []) + ["tcg"]
    for accelerator in accelerators:
        CONSOLE.unlink(missing_ok=True)
        command = [
            # However this process ends, the machine ends with it.
            "setpriv", "--pdeathsig", "KILL",
            kind.qemu, *kind.options, "-accel", accelerator, "-smp", "2", "-m", f"{MEMORY_MIB}M", "-nodefaults",
            "-no-user-config", "-display", "none", "-nic", "none", "-no-reboot", "-serial", f"file:{CONSOLE}",
            "-kernel", kernel, "-initrd", root,
            # tmpfs would count as shared memory what a test writes into a file.
            "-append", f"console={kind.console} quiet panic=-1 rdinit=/init rootfstype=ramfs",
        ]  # fmt: skip
        with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as machine:
            if accelerator == "kvm" and (not begins(machine, KVM_BOOTS_WITHIN_S) or machine.poll()):
                machine.kill()
                continue
            try:
                _, error = machine.communicate(timeout=TIME_LIMIT_S)
            except subprocess.TimeoutExpired:
                machine.kill()
                return f"the machine did not end within {TIME_LIMIT_S} s"
        if machine.returncode:
            return f"{kind.qemu} ended with code {machine.returncode}: {error}"
        if "joust-end" not in CONSOLE.read_text(errors="replace"):
            return "the machine ended before its last part"
        return None
    return "no accelerator started a machine"


def reports() -> dict[str, Report]:
    found = {}
    console = CONSOLE.read_text(errors="replace") if CONSOLE.exists() else ""
    for name, code, text in re.findall(r"^joust-report (\S+) (\d+) ([A-Za-z0-9+/=]*)\r*$", console, re.M):
        found[name] = Report(int(code), base64.b64decode(text).decode(errors="replace"))
    return found
