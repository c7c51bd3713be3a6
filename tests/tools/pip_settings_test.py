"""tools/pip_settings.py: what of a machine's pip goes into an image."""
import os
import pathlib
import subprocess
import tempfile
import unittest

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "tools/pip_settings.py"


class PipSettings(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.top = pathlib.Path(folder.name)
        (self.top / "home/.config/pip").mkdir(parents=True)

    def written(self, file="", **variables):
        """The settings in the image but those of /etc/pip.conf of this machine, which this process cannot replace."""
        (self.top / "home/.config/pip/pip.conf").write_text(file)
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.top / "home")}
        self.done = subprocess.run(["/usr/bin/python3", SCRIPT, self.top / "image"], text=True, capture_output=True, check=True,
                                   env=environment | variables)
        conf = self.top / "image/etc/pip.conf"
        return conf.read_text().splitlines() if conf.exists() else []

    def test_a_variable_goes_before_a_file(self):
        lines = self.written("[global]\nindex-url = https://file.example/\nretries = 7\n", PIP_INDEX_URL="https://variable.example/")
        self.assertIn("index-url = https://variable.example/", lines)
        self.assertIn("retries = 7", lines)
        self.assertEqual(lines[0], "[global]")

    def test_credentials_stay_here_and_it_is_said(self):
        lines = self.written(PIP_INDEX_URL="https://me:secret@index.example/simple", https_proxy="http://me:secret@proxy.example:3128")
        self.assertIn("index-url = https://index.example/simple", lines)
        self.assertIn("proxy = http://proxy.example:3128", lines)
        self.assertNotIn("secret", "".join(lines) + self.done.stderr)
        self.assertIn("pip's index-url has a name or a password in it", self.done.stderr)

    def test_folders_of_this_machine_and_unknown_settings_stay_here(self):
        lines = self.written(PIP_FIND_LINKS="/srv/wheels https://wheels.example/", PIP_CLIENT_CERT="/etc/key.pem", PIP_USER="1")
        self.assertIn("find-links = https://wheels.example/", lines)
        self.assertNotIn("/srv/wheels", "".join(lines))
        self.assertNotIn("client-cert", "".join(lines))
        self.assertFalse([line for line in lines if line.startswith("user")])

    def test_a_bundle_of_certificates_is_copied(self):
        (self.top / "bundle.pem").write_text("a certificate")
        lines = self.written(PIP_CERT=str(self.top / "bundle.pem"))
        self.assertIn("cert = /etc/ssl/this-machine-pip.pem", lines)
        self.assertEqual((self.top / "image/etc/ssl/this-machine-pip.pem").read_text(), "a certificate")

    def test_the_store_of_the_system_is_named_not_copied(self):
        lines = self.written(PIP_CERT="/etc/ssl/certs/ca-certificates.crt")
        self.assertIn("cert = /etc/ssl/certs/ca-certificates.crt", lines)
        self.assertFalse((self.top / "image/etc/ssl").exists())


if __name__ == "__main__":
    unittest.main()
