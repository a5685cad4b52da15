def lines = new File(basedir, 'build.log').readLines()

// Both runs, on the vector kernels and on the portable ones, learn the rings.
assert lines.findAll { it ==~ /accuracy (0\.9[5-9]\d|1\.000)/ }.size() == 2
assert lines.count { it.startsWith('gradient at (0, 1.5):') } == 2

// Without the flags one warning names the module to add.
assert lines.count { it.contains('--add-modules jdk.incubator.vector') && it.startsWith('[main] WARN') } == 1

// Nothing of the command line, and no binding of a logger's, comes along.
assert !lines.any { it =~ /picocli|jline|progressbar/ }
return true
