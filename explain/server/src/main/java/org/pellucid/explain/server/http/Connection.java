package org.pellucid.explain.server.http;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpChunkedInput;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.stream.ChunkedStream;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection: reads a request, has it answered on a virtual thread, and goes on with the next.
 * It keeps reading meanwhile, since only so it learns that the client left; what a client sends
 * before its answer waits.
 *
 * <p>All fields belong to the connection's event loop.
 */
final class Connection extends SimpleChannelInboundHandler<HttpObject> {
  /** The client left before its answer; never sent, but logged and counted. */
  static final int CLIENT_LEFT = 499;

  private static final Logger LOG = LoggerFactory.getLogger(Connection.class);
  private static final int MOST_WAITING = 64;
  private static final int CHUNK = 64 << 10;
  private static final int SECONDS_TO_DISCARD = 5;

  private static final Map<String, String> HEADERS =
      Map.of(
          "Cache-Control", "no-store",
          "X-Content-Type-Options", "nosniff",
          "X-Frame-Options", "DENY",
          // Not no-referrer: with it a form's Origin would be null.
          "Referrer-Policy", "same-origin",
          "Cross-Origin-Resource-Policy", "same-origin",
          "Cross-Origin-Opener-Policy", "same-origin");

  /** What all connections of a service share. */
  record Shared(
      Routes routes,
      OriginCheck origins,
      ByteBudget budget,
      Metrics metrics,
      ErrorAnswers errors,
      ServiceOptions options,
      Set<Connection> connections) {}

  private final Shared shared;
  private final Queue<HttpObject> waiting = new ArrayDeque<>();
  private Optional<ChannelHandlerContext> context = Optional.empty();
  private Optional<Intake> intake = Optional.empty();
  private Optional<Thread> answering = Optional.empty();
  private Optional<Future<?>> deadline = Optional.empty();
  private boolean discards;
  private boolean finishes;

  Connection(Shared shared) {
    this.shared = shared;
  }

  @Override
  public void channelActive(ChannelHandlerContext opened) {
    context = Optional.of(opened);
    shared.connections().add(this);
    if (shared.connections().size() > shared.options().connections()) {
      opened.close();
      return;
    }
    awaitWithin(shared.options().patience().toSeconds());
  }

  @Override
  public void channelInactive(ChannelHandlerContext closed) {
    shared.connections().remove(this);
    deadline.ifPresent(timer -> timer.cancel(false));
    waiting.forEach(ReferenceCountUtil::release);
    waiting.clear();
    if (answering.isPresent()) {
      answering.get().interrupt();
    } else {
      intake.ifPresent(Intake::release);
    }
  }

  /** Closes the connection unless something happens in time. */
  private void awaitWithin(long seconds) {
    deadline.ifPresent(timer -> timer.cancel(false));
    deadline =
        context.map(
            open -> open.executor().schedule(() -> open.close(), seconds, TimeUnit.SECONDS));
  }

  @Override
  protected void channelRead0(ChannelHandlerContext open, HttpObject part) {
    if (answering.isEmpty()) {
      take(part);
    } else if (waiting.size() < MOST_WAITING) {
      waiting.add(ReferenceCountUtil.retain(part));
    } else {
      open.close();
    }
  }

  private void take(HttpObject part) {
    if (discards) {
      if (part instanceof LastHttpContent) {
        close();
      }
      return;
    }
    if (part instanceof HttpRequest head) {
      begin(head);
    }
    if (part instanceof HttpContent content && intake.isPresent() && !discards) {
      add(content, intake.get());
    }
  }

  private void begin(HttpRequest head) {
    var begun = new Intake(head, shared.budget());
    intake = Optional.of(begun);
    awaitWithin(shared.options().patience().toSeconds());
    begun.check(shared.routes(), shared.origins());
    if (head.decoderResult().isFailure() || begun.refusal().isPresent() && begun.hasBody()) {
      refuseAtOnce(begun);
    } else if (begun.awaitsContinue()) {
      open()
          .writeAndFlush(
              new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE));
    }
  }

  private void add(HttpContent content, Intake arriving) {
    try {
      if (content.decoderResult().isFailure()) {
        throw new Refusal(400, "The body is not as HTTP/1.1 says.");
      }
      if (arriving.refusal().isEmpty()) {
        arriving.add(content.content());
      }
    } catch (Refusal e) {
      arriving.refuse(e);
      refuseAtOnce(arriving);
      return;
    }
    if (content instanceof LastHttpContent) {
      deadline.ifPresent(timer -> timer.cancel(false));
      var thread =
          Thread.ofVirtual().name("pellucid-" + arriving.id()).unstarted(() -> answer(arriving));
      answering = Optional.of(thread);
      thread.start();
    }
  }

  /**
   * Answers before the body has come, which is then read and dropped for some seconds: to close a
   * connection on unread bytes would destroy the answer on its way.
   */
  private void refuseAtOnce(Intake refused) {
    discards = true;
    awaitWithin(SECONDS_TO_DISCARD);
    send(refused, error(refused, refused.refusal().orElseThrow()), false);
  }

  /** Runs on the request's virtual thread, which must not end without an answer. */
  private void answer(Intake complete) {
    try {
      var answer = answered(complete);
      open().executor().execute(() -> send(complete, answer, true));
    } catch (RuntimeException | Error e) {
      LOG.error("request {} has no answer", complete.id(), e);
      open().executor().execute(() -> leave(complete));
    }
  }

  private Answer answered(Intake complete) {
    try {
      complete
          .refusal()
          .ifPresent(
              refusal -> {
                throw refusal;
              });
      var answer = complete.route().orElseThrow().handler().answer(complete.request());
      complete.reserve(answer.body().length);
      return answer;
    } catch (Refusal e) {
      return error(complete, e);
    } catch (CancellationException | InterruptedException e) {
      return error(complete, new Refusal(CLIENT_LEFT, "The client left."));
    } catch (OutOfMemoryError e) {
      LOG.error("request {}: the memory is not enough", complete.id(), e);
      return error(complete, Refusal.busy("The server's memory is not enough for this.", 5));
    } catch (Exception | Error e) {
      LOG.error("request {} failed", complete.id(), e);
      return error(
          complete,
          new Refusal(
              500, "Something went wrong inside; the log tells of it at " + complete.id() + "."));
    }
  }

  private Answer error(Intake refused, Refusal refusal) {
    var form =
        refused.route().map(Route::form).orElseGet(() -> shared.routes().formAt(refused.path()));
    return shared.errors().of(refusal, form);
  }

  private void send(Intake answered, Answer answer, boolean whole) {
    var isThere = open().channel().isActive() && answer.status() != CLIENT_LEFT;
    var keepAlive = whole && answered.keepsAlive() && !finishes;
    if (!isThere) {
      leave(answered);
      return;
    }
    if (whole) {
      awaitWithin(shared.options().patience().toSeconds());
    }
    write(answered, answer, keepAlive)
        .addListener(
            written -> {
              sent(
                  answered,
                  written.isSuccess() ? answer.status() : CLIENT_LEFT,
                  answer.body().length);
              if (whole && keepAlive) {
                next();
              } else if (whole || !answered.hasBody()) {
                close();
              }
            });
  }

  private void leave(Intake unanswered) {
    sent(unanswered, CLIENT_LEFT, 0);
    close();
  }

  private ChannelFuture write(Intake answered, Answer answer, boolean keepAlive) {
    var head =
        new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(answer.status()));
    HEADERS.forEach(head.headers()::set);
    answer.headers().forEach(head.headers()::set);
    head.headers().set("X-Request-Id", answered.id());
    head.headers().set("Content-Type", answer.type());
    HttpUtil.setContentLength(head, answer.body().length);
    HttpUtil.setKeepAlive(head, keepAlive);
    open().write(head);
    return answered.isHead()
        ? open().writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT)
        : open()
            .writeAndFlush(
                new HttpChunkedInput(
                    new ChunkedStream(new ByteArrayInputStream(answer.body()), CHUNK)));
  }

  private void sent(Intake answered, int status, int bytes) {
    var duration = System.nanoTime() - answered.start();
    answered.release();
    shared.metrics().count(answered.route().map(Route::path).orElse("none"), status, duration);
    shared
        .options()
        .log()
        .accept(
            "%s %s %d %d bytes %.0f ms"
                .formatted(answered.id(), answered.line(), status, bytes, duration / 1e6));
  }

  /** Goes on with the next request, of which parts may have come. */
  private void next() {
    answering = Optional.empty();
    intake = Optional.empty();
    if (finishes) {
      close();
      return;
    }
    awaitWithin(shared.options().patience().toSeconds());
    while (answering.isEmpty() && !waiting.isEmpty()) {
      var part = waiting.remove();
      try {
        take(part);
      } finally {
        ReferenceCountUtil.release(part);
      }
    }
  }

  /** Lets the request that is under way be answered, and takes no other. */
  void finish() {
    context.ifPresent(
        open ->
            open.executor()
                .execute(
                    () -> {
                      finishes = true;
                      if (intake.isEmpty()) {
                        open.close();
                      }
                    }));
  }

  /** Ends the connection; its request is given up. */
  void close() {
    context.ifPresent(ChannelHandlerContext::close);
  }

  private ChannelHandlerContext open() {
    return context.orElseThrow();
  }

  /** A reset by the client is no news, and what a handler throws is a mistake in this program. */
  @Override
  public void exceptionCaught(ChannelHandlerContext open, Throwable cause) {
    if (!(cause instanceof IOException)) {
      LOG.error("a connection failed", cause);
    }
    open.close();
  }
}
