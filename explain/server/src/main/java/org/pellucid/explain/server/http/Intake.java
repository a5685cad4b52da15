package org.pellucid.explain.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.io.ByteArrayOutputStream;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;

/** A request while it arrives: its head, and of its body what has come so far. */
final class Intake {
  private static final AtomicLong NUMBER = new AtomicLong(System.nanoTime());
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9._-]{1,64}");

  private final HttpRequest head;
  private final String id;
  private final long start = System.nanoTime();
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  private final ByteBudget budget;
  private QueryStringDecoder address = new QueryStringDecoder("/");
  private Optional<Route> route = Optional.empty();
  private Optional<Refusal> refusal = Optional.empty();
  private int taken;

  Intake(HttpRequest head, ByteBudget budget) {
    this.head = head;
    this.budget = budget;
    var given = head.headers().get("X-Request-Id", "");
    id = ID.matcher(given).matches() ? given : Long.toHexString(NUMBER.incrementAndGet());
  }

  /** Finds the route; what is wrong with the request is kept as its refusal. */
  void check(Routes routes, OriginCheck origins) {
    try {
      checkForm();
      address = decoded();
      origins.check(
          header("Host"), header("Origin"), header("Sec-Fetch-Site"), header("Sec-Fetch-Mode"));
      var found = routes.of(head.method().name(), path());
      route = Optional.of(found);
      Routes.check(found, header("Content-Type").orElse(""), announcedLength());
    } catch (Refusal e) {
      refusal = Optional.of(e);
    }
  }

  /** The decoder works when it is asked; what it can't decode must show here. */
  private QueryStringDecoder decoded() {
    var decoder = new QueryStringDecoder(head.uri());
    try {
      decoder.path();
      decoder.parameters();
      return decoder;
    } catch (IllegalArgumentException e) {
      throw new Refusal(400, "The address holds a wrong escape sequence.");
    }
  }

  private void checkForm() {
    var result = head.decoderResult();
    if (result.isFailure()) {
      throw switch (result.cause()) {
        case TooLongHttpLineException _ -> new Refusal(414, "The address is too long.");
        case TooLongHttpHeaderException _ -> new Refusal(431, "The headers are too long.");
        default -> new Refusal(400, "This is not a request of HTTP/1.1.");
      };
    }
    if (!head.uri().startsWith("/")) {
      throw new Refusal(400, "The address must begin with /.");
    }
  }

  private Optional<String> header(String name) {
    return Optional.ofNullable(head.headers().get(name));
  }

  private long announcedLength() {
    try {
      return HttpUtil.getContentLength(head, -1L);
    } catch (NumberFormatException e) {
      throw new Refusal(400, "The header Content-Length is not a number.");
    }
  }

  /** Whether a body follows its head. */
  boolean hasBody() {
    return HttpUtil.isTransferEncodingChunked(head)
        || !head.headers().get(HttpHeaderNames.CONTENT_LENGTH, "0").equals("0");
  }

  boolean awaitsContinue() {
    return HttpUtil.is100ContinueExpected(head);
  }

  /**
   * Adds a part of the body.
   *
   * @throws Refusal if it becomes too large, or memory is short
   */
  void add(ByteBuf part) {
    var size = part.readableBytes();
    if (body.size() + size > route.orElseThrow().largest()) {
      throw Routes.tooLarge(route.orElseThrow());
    }
    taken += budget.take(size);
    var bytes = new byte[size];
    part.readBytes(bytes);
    body.writeBytes(bytes);
  }

  void refuse(Refusal reason) {
    refusal = Optional.of(reason);
  }

  /** Takes memory for the answer, too; {@link #release} gives all back. */
  void reserve(int bytes) {
    taken += budget.take(bytes);
  }

  void release() {
    budget.giveBack(taken);
    taken = 0;
  }

  Optional<Refusal> refusal() {
    return refusal;
  }

  Optional<Route> route() {
    return route;
  }

  String id() {
    return id;
  }

  long start() {
    return start;
  }

  boolean isHead() {
    return head.method().name().equals("HEAD");
  }

  boolean keepsAlive() {
    return HttpUtil.isKeepAlive(head);
  }

  String path() {
    return address.path();
  }

  Request request() {
    return new Request(
        id,
        path(),
        Map.copyOf(address.parameters()),
        header("Content-Type").orElse(""),
        body.toByteArray());
  }

  /** Method and path for the log, whatever the client sent; a query may hold private text. */
  String line() {
    var line = head.method().name() + " " + route.map(Route::path).orElse(path());
    return line.substring(0, Math.min(line.length(), 100)).replaceAll("[^\\x20-\\x7e]", "?");
  }
}
