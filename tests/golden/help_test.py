"""`sojourn help`: the manual page and the completions name every command and option that the program has, and no others."""

import os
import re
import shutil
import subprocess
import unittest

SOJOURN = os.environ.get("SOJOURN", "build/sojourn")


def sojourn(*arguments):
    return subprocess.run([SOJOURN, *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)


def well(*arguments):
    done = sojourn(*arguments)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return done.stdout


def commands():
    block = well("--help").split("Subcommands:")[1].split("\n\n")[0]
    return re.findall(r"^  (\w+) ", block, re.MULTILINE)


def options(command):
    """The long options in the help of a command."""
    return set(re.findall(r"^  (?:-\w,)?(--[\w-]+)", well(command, "--help"), re.MULTILINE))


class Help(unittest.TestCase):
    def test_help_of_a_command_is_that_of_its_option(self):
        for command in commands():
            with self.subTest(command):
                self.assertEqual(well("help", command), well(command, "--help"))
        self.assertEqual(well("help"), well("--help"))

    def test_unknown_words_are_refused_with_a_hint(self):
        for arguments, said in ((["help", "compair"], 'there is no command "compair"; did you mean "compare"?'),
                                (["help", "--completion", "tcsh"], "bash, zsh or fish"),
                                (["help", "--man", "--completion", "bash"], "do not go together")):
            with self.subTest(arguments):
                done = sojourn(*arguments)
                self.assertEqual((done.returncode, done.stdout), (2, ""))
                self.assertIn(said, done.stderr)

    def missing_in_manual(self, page):
        plain = page.replace("\\-", "-")
        missing = []
        for command in commands():
            part = re.search(rf"^\.SS sojourn {command}$(.*?)(?=^\.S[SH] )", plain, re.MULTILINE | re.DOTALL)
            missing += [command] if part is None else [f"{command} {one}" for one in options(command) if f"\\fB{one}\\fR" not in part.group(1)]
        return missing

    def test_the_manual_has_every_option(self):
        page = well("help", "--man")
        self.assertEqual(self.missing_in_manual(page), [])
        # Its twin: one that lacks an option, or a command, is found out.
        self.assertEqual(self.missing_in_manual(page.replace("\\-\\-budget", "\\-\\-spend")), ["report --budget", "optimize --budget"])
        self.assertIn("rank", self.missing_in_manual(page.replace(".SS sojourn rank", ".SS sojourn order")))

    @unittest.skipUnless(shutil.which("groff"), "no groff")
    def test_the_manual_is_sound_for_troff(self):
        def warnings(page):
            return subprocess.run(["groff", "-man", "-Tutf8", "-ww"], input=page, capture_output=True, text=True, check=False).stderr
        page = well("help", "--man")
        self.assertEqual(warnings(page), "")
        self.assertNotEqual(warnings(page + "\\fQ.nosuch\n.zz\n"), "")

    def completed(self, script, *words):
        """What bash offers after `words`, the last of which is being typed."""
        done = subprocess.run(["bash", "-c", script + "\nCOMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); _sojourn; printf '%s\\n' \"${COMPREPLY[@]}\"",
                               "bash", "sojourn", *words], capture_output=True, text=True, check=False)
        self.assertEqual(done.stderr, "")
        return set(done.stdout.split())

    def check_bash(self, script):
        self.assertTrue(set(commands()) <= self.completed(script, ""))
        for command in commands():
            self.assertEqual({one for one in self.completed(script, command, "--") if one.startswith("--")}, options(command), command)
        self.assertEqual(self.completed(script, "compare", "x.toml", "--format", "m"), {"md"})
        self.assertEqual(self.completed(script, "help", "opt"), {"optimize"})

    def test_bash_completes_what_the_program_has(self):
        script = well("help", "--completion", "bash")
        self.check_bash(script)
        for name, broken in (("a missing option", script.replace("--threshold ", "")), ("a missing command", script.replace(" optimize ", " "))):
            with self.subTest(name), self.assertRaises(AssertionError):
                self.assertNotEqual(broken, script)
                self.check_bash(broken)

    def test_zsh_and_fish_name_every_option(self):
        zsh, fish = well("help", "--completion", "zsh"), well("help", "--completion", "fish")
        self.assertTrue(zsh.startswith("#compdef sojourn\n"))
        for command in commands():
            part = re.search(rf"^      {command}\) (.*?) ;;$", zsh, re.MULTILINE | re.DOTALL).group(1)
            self.assertEqual(set(re.findall(r"'\*(--[\w-]+)\[", part)), options(command), command)
            lines = re.findall(rf"^complete -c sojourn -n '__fish_seen_subcommand_from {command}' (.*)$", fish, re.MULTILINE)
            self.assertEqual({"--" + name for line in lines for name in re.findall(r"-l ([\w-]+)", line.split(" -d ")[0])}, options(command), command)
        for shell, text in (("zsh", zsh), ("fish", fish)):
            if shutil.which(shell):
                self.assertEqual(subprocess.run([shell, "-n"], input=text, capture_output=True, text=True, check=False).stderr, "")


if __name__ == "__main__":
    unittest.main()
