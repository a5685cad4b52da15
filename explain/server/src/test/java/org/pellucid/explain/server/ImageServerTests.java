package org.pellucid.explain.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pellucid.engine.Engine;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.models.vision.Image;
import org.pellucid.models.zoo.ImageClassifier;

/** Pictures sent as bytes and as a form. */
class ImageServerTests {
  private static final String BOUNDARY = "-----of-this-test";

  @TempDir private static Path directory;
  private static TinyServer tiny;
  private static Client client;
  private static byte[] picture;

  @BeforeAll
  static void start() throws IOException {
    tiny = new TinyServer(directory);
    client = tiny.client();
    try (var stream =
        ImageClassifier.class.getResourceAsStream("/org/pellucid/examples/samples/3_5.jpg")) {
      picture = stream.readAllBytes();
    }
  }

  @AfterAll
  static void stop() {
    tiny.close();
  }

  private static byte[] form(byte[] file, String... fields) {
    var body = new ByteArrayOutputStream();
    for (var i = 0; i < fields.length; i += 2) {
      body.writeBytes(
          "--%s\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n%s\r\n"
              .formatted(BOUNDARY, fields[i], fields[i + 1])
              .getBytes(StandardCharsets.UTF_8));
    }
    body.writeBytes(
        "--%s\r\nContent-Disposition: form-data; name=\"picture\"; filename=\"../../x.jpg\"\r\nContent-Type: image/jpeg\r\n\r\n"
            .formatted(BOUNDARY)
            .getBytes(StandardCharsets.UTF_8));
    body.writeBytes(file);
    body.writeBytes("\r\n--%s--\r\n".formatted(BOUNDARY).getBytes(StandardCharsets.UTF_8));
    return body.toByteArray();
  }

  private static final String FORM = "multipart/form-data; boundary=" + BOUNDARY;

  @Test
  void classifiesAsTheLibraryDoesWhicheverWayThePictureComes() throws Exception {
    var raw = client.post("/api/image/classify", "image/jpeg", picture);
    var sent = client.post("/api/image/classify", FORM, form(picture, "model", "food"));
    assertThat(raw.statusCode()).as(raw.body()).isEqualTo(200);
    assertThat(sent.body()).isEqualTo(raw.body());
    try (var food = ImageClassifier.open(ImageClassifier.BUILT_IN, Optional.empty())) {
      var input = Values.of(food.prepare(Image.decode("it", picture)), food.network().inputShape());
      var outputs = new Evaluator(Engine.standard(), food.network()).outputs(input);
      var logits = Client.json(raw).path("logits");
      assertThat(logits.size()).isEqualTo(outputs.length());
      for (var i = 0; i < outputs.length(); i++) {
        assertThat(logits.get(i).doubleValue()).isEqualTo(outputs.get(i));
      }
      assertThat(Client.json(raw).path("class").asText())
          .isEqualTo(food.className(outputs.indexOfLargest()));
    }
  }

  @Test
  void explainsByTheChosenMethods() throws Exception {
    var raw =
        client.post(
            "/api/image/explain?methods=saliency,gradcam&target=2&set=saliency.absolute%3Dtrue",
            "image/jpeg", picture);
    var sent =
        client.post(
            "/api/image/explain",
            FORM,
            form(
                picture,
                "methods",
                "saliency",
                "methods",
                "gradcam",
                "target",
                "2",
                "set",
                "saliency.absolute=true"));
    assertThat(raw.statusCode()).as(raw.body()).isEqualTo(200);
    var results = Client.json(raw).path("results");
    assertThat(results)
        .extracting(r -> r.path("name").asText())
        .containsExactly("saliency", "gradcam");
    assertThat(timeless(Client.json(sent))).isEqualTo(timeless(Client.json(raw)));
    var page = client.post("/image", FORM, form(picture, "methods", "saliency"));
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.headers().firstValue("Content-Type")).contains("text/html; charset=utf-8");
    assertThat(page.body()).contains("\"name\":\"saliency\"").doesNotContain("x.jpg");
  }

  /** Answers are the same but for the time that they took. */
  private static JsonNode timeless(JsonNode page) {
    page.findParents("seconds").forEach(result -> ((ObjectNode) result).remove("seconds"));
    return page;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "methods=magic | there is no method magic",
        "target=99 | 99",
        "target=x | x",
        "set=integrated-gradients.baseline%3Dpom.xml | the server reads no files",
        "set=integrated-gradients.baseline%3Dpom | the server reads no files",
        "set=gradient-shap.baseline%3Dblack,/etc/passwd | the server reads no files",
        "set=nonsense | METHOD.PARAMETER=VALUE",
        "model=/etc/passwd | choose one of food",
        "methods=a,b,c,d,e,f,g,h,i,j,k,l,m | At most 12",
      })
  void refusesWrongChoices(String query, String sentence) throws Exception {
    var answered = client.post("/api/image/explain?" + query, "image/jpeg", picture);
    assertThat(answered.statusCode()).as(answered.body()).isEqualTo(422);
    assertThat(Client.error(answered)).contains(sentence);
  }

  @Test
  void refusesWhatIsNoPicture() throws Exception {
    var text = "<svg xmlns='http://www.w3.org/2000/svg'/>".getBytes(StandardCharsets.UTF_8);
    var cut = Arrays.copyOf(picture, picture.length / 2);
    for (var bad : new byte[][] {text, cut, new byte[1000]}) {
      var answered = client.post("/api/image/classify", "image/jpeg", bad);
      assertThat(answered.statusCode()).as(answered.body()).isEqualTo(422);
      assertThat(Client.error(answered)).contains("picture").doesNotContain("/", "Exception");
    }
    assertThat(client.post("/api/image/classify", "image/jpeg", new byte[0]).statusCode())
        .isEqualTo(400);
    assertThat(client.post("/api/image/classify", FORM, "no form".getBytes()).statusCode())
        .isEqualTo(400);
    assertThat(client.post("/api/image/classify", FORM, form(new byte[0])).statusCode())
        .isEqualTo(400);
  }

  @Test
  void tellsPeopleOnAPage() throws Exception {
    var answered = client.post("/image", FORM, form(new byte[100]));
    assertThat(answered.statusCode()).isEqualTo(422);
    assertThat(answered.body()).startsWith("<!doctype html>").contains("picture");
  }
}
