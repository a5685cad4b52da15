@echo off
rem Builds what is not built, finds a fitting JDK, and runs the command line on Windows.
setlocal
set "home=%~dp0"
set "jar=%home%explain\cli\target\pellucid-cli.jar"
chcp 65001 >nul

set "java=java"
if defined JAVA_HOME if exist "%JAVA_HOME%\bin\java.exe" set "java=%JAVA_HOME%\bin\java.exe"
set "major="
for /f "tokens=3" %%v in ('""%java%" -version 2^>^&1" ^| findstr /i "version"') do for /f "delims=.-+ tokens=1" %%m in ("%%~v") do set "major=%%m"
if not defined major (
  echo pellucid: no JDK was found; install JDK 25 ^(25.0.3 or later^), or set JAVA_HOME to it. >&2
  exit /b 1
)
if %major% LSS 25 (
  echo pellucid: Java %major% is too old; install JDK 25 ^(25.0.3 or later^), or set JAVA_HOME to it. >&2
  exit /b 1
)

if exist "%jar%" goto run
where mvn >nul 2>nul
if errorlevel 1 (
  echo pellucid: Maven is needed for the first build; install it. >&2
  exit /b 1
)
echo pellucid: building, which takes a few minutes the first time. >&2
pushd "%home%"
call mvn -q -B -ntp -DskipTests -Dmaven.test.skip=true -pl explain/cli -am package >&2
set "built=%errorlevel%"
popd
if not "%built%"=="0" (
  echo pellucid: the build failed; see the messages above. >&2
  exit /b 1
)

:run
"%java%" --add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow -Djava.awt.headless=true -Xmx4g -Dorg.bytedeco.javacpp.maxbytes=0 -Dorg.bytedeco.javacpp.maxphysicalbytes=0 -Dorg.slf4j.simpleLogger.defaultLogLevel=warn %PELLUCID_JAVA_OPTS% -cp "%jar%" org.pellucid.explain.cli.Main %*
exit /b %errorlevel%
