package io.sounding.jobs.dashboard;

import io.javalin.http.Context;
import io.javalin.http.Cookie;
import io.javalin.http.Handler;
import io.javalin.http.HandlerType;
import io.javalin.http.SameSite;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Who is let in, and what every answer says to browsers about its use. */
final class Gate {

  static final String SESSION = "/api/session";

  private static final String COOKIE = "sounding-session-";
  private static final String BEARER = "Bearer ";
  private static final int COOKIE_BYTES = 32;
  private static final Set<String> OPEN = Set.of("/healthz", "/openapi.json");
  private static final Set<String> OTHER_SITES = Set.of("cross-site", "same-site");
  private static final String POLICY =
      String.join(
          "; ",
          "default-src 'none'",
          "script-src 'self'",
          "style-src 'self'",
          "img-src 'self' data: blob:",
          "connect-src 'self'",
          "font-src 'self'",
          "base-uri 'none'",
          "form-action 'none'",
          "frame-ancestors 'none'");

  /** On every answer. */
  static final Map<String, String> HEADERS =
      Map.of(
          "Content-Security-Policy", POLICY,
          "X-Content-Type-Options", "nosniff",
          "Referrer-Policy", "no-referrer",
          "Cross-Origin-Opener-Policy", "same-origin",
          "Cross-Origin-Resource-Policy", "same-origin");

  private final byte[] token;
  private final byte[] cookie;
  private final LocalNames names;

  Gate(DashboardSettings settings) {
    boolean withToken = settings.token() != null;
    token = withToken ? bytes(settings.token()) : null;
    byte[] random = new byte[COOKIE_BYTES];
    new SecureRandom().nextBytes(random);
    cookie = bytes(HexFormat.of().formatHex(random));
    names = withToken || !settings.isLoopback() ? null : new LocalNames(settings.host());
  }

  /** Lets a request pass, or ends it with a sentence. */
  void check(Context context) throws RefusedException {
    HEADERS.forEach(context::header);
    context.header("Cache-Control", caching(context.path()));
    HandlerType wanted = context.path().equals(SESSION) ? HandlerType.POST : HandlerType.GET;
    boolean reading = wanted == HandlerType.GET && context.method() == HandlerType.HEAD;
    if (context.method() != wanted && !reading) {
      context.header("Allow", wanted == HandlerType.GET ? "GET, HEAD" : "POST");
      throw new RefusedException(405, "This is not asked for with that method; Allow says which.");
    }
    if (OPEN.contains(context.path())) {
      return;
    }
    checkName(context);
  }

  /** A handler that only those reach who know the token, if there is one. */
  Handler known(Handler handler) {
    return context -> {
      if (token != null && !isKnown(context)) {
        context.header("WWW-Authenticate", "Bearer");
        throw new RefusedException(
            401,
            "A token is asked for: send that of the dashboard's token file as Authorization: Bearer TOKEN.");
      }
      handler.handle(context);
    };
  }

  /** Whoever sent the token gets a cookie that stands for it. */
  void openSession(Context context) {
    if (token != null) {
      Cookie session =
          new Cookie(cookieName(context), new String(cookie, StandardCharsets.US_ASCII));
      session.setPath("/");
      session.setHttpOnly(true);
      session.setSameSite(SameSite.STRICT);
      context.cookie(session);
    }
    context.status(204);
  }

  /**
   * A page of somebody else may have its name lead here (DNS rebinding), or use this one as an
   * image; neither says a name of this machine and "same-origin".
   */
  private void checkName(Context context) throws RefusedException {
    String site = context.header("Sec-Fetch-Site");
    boolean foreign =
        context.path().startsWith("/api/")
            && site != null
            && OTHER_SITES.contains(site.toLowerCase(Locale.ROOT));
    if (foreign || names != null && !names.contain(context.header("Host"))) {
      throw new RefusedException(
          403,
          "This dashboard answers on this machine only, under the names localhost and 127.0.0.1. To reach it from elsewhere, start it with --host and --token-file.");
    }
  }

  private boolean isKnown(Context context) {
    String header = context.header("Authorization");
    boolean bearer =
        header != null
            && header.regionMatches(true, 0, BEARER, 0, BEARER.length())
            && MessageDigest.isEqual(bytes(header.substring(BEARER.length()).trim()), token);
    if (bearer || context.path().equals(SESSION)) {
      return bearer;
    }
    String sent = context.cookie(cookieName(context));
    return sent != null && MessageDigest.isEqual(bytes(sent), cookie);
  }

  /** With the port that was asked: browsers send a host's cookies to every port of it. */
  private static String cookieName(Context context) {
    return COOKIE + context.req().getServerPort();
  }

  private static String caching(String path) {
    if (path.startsWith("/api/")) {
      return "no-store";
    }
    return path.startsWith("/lib/") ? "public, max-age=31536000, immutable" : "no-cache";
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
