package org.pellucid.explain.view;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import com.fasterxml.jackson.core.io.SerializedString;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Writes one page's HTML from its beginning to its end: template, style, scripts and data. Browsers
 * run the scripts when they have read all data, and so also on a page that ends early.
 */
final class PageWriter {
  private static final JsonMapper JSON = mapper();
  private static final String PLACE_OF_DATA = "data";

  private final Page page;
  private final Writer writer;
  private String rest = shared("page.html");

  PageWriter(Page page, Writer writer) {
    this.page = page;
    this.writer = writer;
  }

  /** Writes what stands before the data, the scripts too, and the page's data. */
  void begin() throws IOException {
    fill(
        Map.of(
            "title", escaped(page.title()),
            "style", shared("page.css") + joined(page.styles()),
            "script", ScriptBundle.of(page.scripts(), this::resource),
            "colours", json(colours())));
    data("id", "data", page.data());
  }

  /** Writes an element with data, which scripts find by its {@code id} or {@code class}. */
  void data(String attribute, String value, Object data) throws IOException {
    writer.write("<script type=\"application/json\" %s=\"%s\">".formatted(attribute, value));
    JSON.writeValue(writer, data);
    writer.write("</script>\n");
  }

  /** Writes what stands after the data. */
  void end() throws IOException {
    fill(Map.of());
  }

  /** Writes the template up to the next part that isn't given, or to its end. */
  private void fill(Map<String, String> parts) throws IOException {
    for (var open = rest.indexOf("{{"); open >= 0; open = rest.indexOf("{{")) {
      var close = rest.indexOf("}}", open);
      var name = rest.substring(open + 2, close);
      writer.write(rest, 0, open);
      rest = rest.substring(close + 2);
      if (name.equals(PLACE_OF_DATA)) {
        return;
      }
      writer.write(parts.get(name));
    }
    writer.write(rest);
  }

  private static Map<String, String> colours() {
    return Arrays.stream(ColourMap.values())
        .collect(
            Collectors.toMap(map -> map.name().toLowerCase(Locale.ROOT), ColourMap::hexadecimal));
  }

  static String json(Object data) throws JsonProcessingException {
    return JSON.writeValueAsString(data);
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;");
  }

  private String joined(Iterable<String> styles) {
    var all = new StringBuilder();
    styles.forEach(name -> all.append(resource(name)));
    return all.toString();
  }

  /** A resource beside the page's class, or one that all pages share. */
  private String resource(String name) {
    return page.getClass().getResource(name) == null ? shared(name) : text(page.getClass(), name);
  }

  private static String shared(String name) {
    return text(Page.class, name);
  }

  private static String text(Class<?> place, String name) {
    try (var stream = place.getResourceAsStream(name)) {
      if (stream == null) {
        throw new IllegalStateException("The resource " + name + " is missing.");
      }
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JsonMapper mapper() {
    var json =
        JsonMapper.builder()
            .disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)
            .disable(SerializationFeature.FLUSH_AFTER_WRITE_VALUE)
            .build();
    json.getFactory().setCharacterEscapes(new ScriptEscapes());
    return json;
  }

  /** Inside a script element only the character that begins its end needs care. */
  private static final class ScriptEscapes extends CharacterEscapes {
    private static final long serialVersionUID = 1;
    private static final SerializableString LESS_THAN = new SerializedString("\\u003c");

    @Override
    public int[] getEscapeCodesForAscii() {
      var codes = standardAsciiEscapesForJSON();
      codes['<'] = ESCAPE_CUSTOM;
      return codes;
    }

    /** Jackson asks for characters beyond ASCII, too; null leaves them as they are. */
    @Override
    public SerializableString getEscapeSequence(int character) {
      return character == '<' ? LESS_THAN : null;
    }
  }
}
