def lines = new File(basedir, 'build.log').readLines()

def expect(String what, int expected, int found) {
  if (found != expected) {
    throw new AssertionError("$what: expected $expected, found $found")
  }
}

expect('runs that learn the rings', 2, lines.count { it ==~ /accuracy (0\.9[5-9]\d|1\.000)/ } as int)
expect('gradients', 2, lines.count { it.startsWith('gradient at (0, 1.5):') } as int)
expect('warnings that name the missing module, from the run without flags', 1,
    lines.count { it.contains('WARN') && it.contains('--add-modules jdk.incubator.vector') } as int)
return true
