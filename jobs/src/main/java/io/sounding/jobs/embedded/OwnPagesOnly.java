package io.sounding.jobs.embedded;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.io.network.netty.InboundChannelHandlerFactory;
import org.apache.flink.shaded.netty4.io.netty.buffer.Unpooled;
import org.apache.flink.shaded.netty4.io.netty.channel.ChannelFutureListener;
import org.apache.flink.shaded.netty4.io.netty.channel.ChannelHandler;
import org.apache.flink.shaded.netty4.io.netty.channel.ChannelHandlerContext;
import org.apache.flink.shaded.netty4.io.netty.channel.ChannelInboundHandlerAdapter;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.DefaultFullHttpResponse;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.FullHttpResponse;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpHeaderNames;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpHeaders;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpMethod;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpRequest;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpResponseStatus;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpVersion;
import org.apache.flink.shaded.netty4.io.netty.util.ReferenceCountUtil;

/**
 * Keeps pages of others away from the REST interface of an embedded cluster, and everybody from
 * what writes or deletes files where a request says (savepoints and their disposal). Flink itself
 * lets every page that a browser of this machine shows, and every user of it, read and ask for
 * anything. What is left is to look, and to end the job. Found by Flink's service loader; other
 * clusters are left as they are.
 */
public final class OwnPagesOnly implements InboundChannelHandlerFactory {

  /** Set by {@link ClusterSettings} alone. */
  static final ConfigOption<Boolean> WANTED =
      ConfigOptions.key("sounding.rest.own-pages-only").booleanType().defaultValue(false);

  /** Flink's page looks with the first two, and ends a job with the last one. */
  private static final Set<HttpMethod> METHODS =
      Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.PATCH);

  private static final Set<String> OTHER_SITES = Set.of("cross-site", "same-site");
  private static final Pattern LOCAL =
      Pattern.compile("(localhost|127(\\.[0-9]{1,3}){3}|\\[::1])(:[0-9]{1,5})?");
  private static final String SENTENCE =
      "{\"errors\":[\"This answers on this machine only, under the names localhost and 127.0.0.1, no pages of others, and takes no savepoints.\"]}";

  @Override
  public int priority() {
    return 0;
  }

  @Override
  public Optional<ChannelHandler> createHandler(
      Configuration configuration, Map<String, String> responseHeaders) {
    return configuration.get(WANTED) ? Optional.of(new Refusal()) : Optional.empty();
  }

  /** Whether a request comes from a page of this address, or from no page. */
  private static boolean isOwn(HttpHeaders headers) {
    String host = lowerCase(headers.get(HttpHeaderNames.HOST));
    String origin = lowerCase(headers.get(HttpHeaderNames.ORIGIN));
    return LOCAL.matcher(host).matches()
        && (origin.isEmpty() || origin.equals("http://" + host))
        && !OTHER_SITES.contains(lowerCase(headers.get("Sec-Fetch-Site")));
  }

  private static boolean isAnswered(HttpRequest request) {
    return METHODS.contains(request.method()) && isOwn(request.headers());
  }

  private static String lowerCase(String header) {
    return header == null ? "" : header.toLowerCase(Locale.ROOT);
  }

  private static final class Refusal extends ChannelInboundHandlerAdapter {

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      if (!(message instanceof HttpRequest request) || isAnswered(request)) {
        context.fireChannelRead(message);
        return;
      }
      ReferenceCountUtil.release(message);
      FullHttpResponse answer =
          new DefaultFullHttpResponse(
              HttpVersion.HTTP_1_1,
              HttpResponseStatus.FORBIDDEN,
              Unpooled.copiedBuffer(SENTENCE, StandardCharsets.UTF_8));
      answer
          .headers()
          .set(HttpHeaderNames.CONTENT_TYPE, "application/json")
          .setInt(HttpHeaderNames.CONTENT_LENGTH, answer.content().readableBytes());
      context.writeAndFlush(answer).addListener(ChannelFutureListener.CLOSE);
    }
  }
}
