def lines = new File(basedir, 'build.log').readLines()

def expect = { String what, String pattern ->
  if (!lines.any { it ==~ pattern }) {
    throw new AssertionError("$what: no line matches $pattern")
  }
}

expect('the image', 'predicted Egg')
expect('a network of its own', 'own network \\[1.0, 20.0, 300.0\\]')
expect('a method and the library\'s metric', 'sparseness of squares: 0\\.\\d+')
expect('a method and a metric that runs the model', 'deletion of squares: 0\\.\\d+')
expect('a metric of its own', 'largest-share of squares: 0\\.\\d+')
for (file in ['egg.npy', 'egg.json', 'egg.png']) {
  if (!new File(basedir, "target/result/$file").isFile()) {
    throw new AssertionError("$file is missing")
  }
}
return true
