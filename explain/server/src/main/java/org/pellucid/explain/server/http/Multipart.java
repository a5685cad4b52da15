package org.pellucid.explain.server.http;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.multipart.Attribute;
import io.netty.handler.codec.http.multipart.DefaultHttpDataFactory;
import io.netty.handler.codec.http.multipart.FileUpload;
import io.netty.handler.codec.http.multipart.HttpPostMultipartRequestDecoder;
import io.netty.handler.codec.http.multipart.HttpPostRequestDecoder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A form with a file, {@code multipart/form-data} (RFC 7578), read in memory.
 *
 * @param fields texts by name, in their order
 * @param file the content of the first file that isn't empty
 */
public record Multipart(Map<String, List<String>> fields, Optional<byte[]> file) {
  private static final int MOST_PARTS = 200;

  /** Whether a request's body is such a form. */
  public static boolean isOne(Request request) {
    return request.type().startsWith("multipart/form-data");
  }

  /**
   * Reads a request's body.
   *
   * @throws Refusal 400 if it is malformed
   */
  public static Multipart of(Request request) {
    var whole =
        new DefaultFullHttpRequest(
            HttpVersion.HTTP_1_1, HttpMethod.POST, "/", Unpooled.wrappedBuffer(request.body()));
    whole.headers().set(HttpHeaderNames.CONTENT_TYPE, request.type());
    try {
      var decoder =
          new HttpPostMultipartRequestDecoder(
              new DefaultHttpDataFactory(false),
              whole,
              StandardCharsets.UTF_8,
              MOST_PARTS,
              1 << 10);
      try {
        return read(decoder);
      } finally {
        decoder.destroy();
      }
    } catch (HttpPostRequestDecoder.ErrorDataDecoderException
        | HttpPostRequestDecoder.TooManyFormFieldsException
        | HttpPostRequestDecoder.TooLongFormFieldException
        | IOException e) {
      throw new Refusal(400, "The form is not well-formed multipart/form-data.");
    }
  }

  private static Multipart read(HttpPostMultipartRequestDecoder decoder) throws IOException {
    var fields = new LinkedHashMap<String, List<String>>();
    var file = Optional.<byte[]>empty();
    for (var part : decoder.getBodyHttpDatas()) {
      if (part instanceof Attribute text) {
        fields.computeIfAbsent(text.getName(), _ -> new ArrayList<>()).add(text.getValue());
      } else if (part instanceof FileUpload upload && upload.length() > 0 && file.isEmpty()) {
        file = Optional.of(upload.get());
      }
    }
    return new Multipart(fields, file);
  }
}
