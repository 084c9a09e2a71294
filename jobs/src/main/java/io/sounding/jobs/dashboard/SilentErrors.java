package io.sounding.jobs.dashboard;

import java.util.Map;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/**
 * Answers to what is no request, or too large a one: a sentence that repeats nothing of it instead
 * of Jetty's page.
 */
final class SilentErrors extends ErrorHandler {

  private static final String JSON =
      JsonBody.line(
          Map.of(
              "error",
              "This request is not understood, or too large: /openapi.json says what can be asked."));

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    Gate.HEADERS.forEach(response.getHeaders()::put);
    response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
    response.getHeaders().put(HttpHeader.CONNECTION, "close"); // which Jetty does without a word
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
    Content.Sink.write(response, true, JSON, callback);
    return true;
  }
}
