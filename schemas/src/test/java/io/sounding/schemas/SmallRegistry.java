package io.sounding.schemas;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.sounding.schemas.registry.RegistryAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A registry over HTTP with the three questions that are asked, and with troubles on demand. The
 * real one stands in the integration tests.
 */
final class SmallRegistry implements AutoCloseable {

  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final HttpServer server;
  private final List<String> schemas = new CopyOnWriteArrayList<>();
  private final List<String> subjects = new CopyOnWriteArrayList<>();

  /** What was asked: method and path. */
  final List<String> asked = new CopyOnWriteArrayList<>();

  /** The credentials of every question. */
  final List<String> authorizations = new CopyOnWriteArrayList<>();

  /** Statuses that are answered, with an excuse, before it answers as it should. */
  final Queue<Integer> troubles = new ConcurrentLinkedQueue<>();

  volatile String excuse = "<html>Trouble.</html>";

  /** The status with which it refuses to register; 0: it does not. */
  volatile int refusal;

  SmallRegistry() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  RegistryAddress address() {
    return RegistryAddress.of(url());
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** The id of a schema that somebody else registered under a subject. */
  int register(String subject, String schema) {
    schemas.add(schema);
    subjects.add(subject);
    return schemas.size();
  }

  List<String> subjects() {
    return subjects;
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    asked.add(exchange.getRequestMethod() + " " + path);
    authorizations.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
    Integer trouble = troubles.poll();
    if (trouble != null) {
      send(exchange, trouble, excuse);
      return;
    }
    String[] parts = path.split("/");
    if (parts[1].equals("schemas")) {
      int id = Integer.parseInt(parts[3]);
      if (id < 1 || id > schemas.size()) {
        send(exchange, 404, "{\"error_code\": 40403, \"message\": \"Schema not found\"}");
      } else {
        send(exchange, 200, MAPPER.writeValueAsString(Map.of("schema", schemas.get(id - 1))));
      }
      return;
    }
    String schema = MAPPER.readTree(exchange.getRequestBody()).path("schema").asText();
    int known = known(parts[2], schema);
    if (known > 0) {
      send(exchange, 200, "{\"id\": %d}".formatted(known));
    } else if (parts.length == 3) {
      send(exchange, 404, "{\"error_code\": 40401, \"message\": \"Subject not found\"}");
    } else if (refusal != 0) {
      send(exchange, refusal, "{\"error_code\": %d, \"message\": \"No.\"}".formatted(refusal));
    } else {
      send(exchange, 200, "{\"id\": %d}".formatted(register(parts[2], schema)));
    }
  }

  private int known(String subject, String schema) {
    for (int i = 0; i < schemas.size(); i++) {
      if (schemas.get(i).equals(schema) && subjects.get(i).equals(subject)) {
        return i + 1;
      }
    }
    return 0;
  }

  private static void send(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
  }

  /** The bytes of a record of schema {@code id}: magic byte, id, Avro binary. */
  static byte[] confluent(int id, byte[] body) {
    return ByteBuffer.allocate(5 + body.length).put((byte) 0).putInt(id).put(body).array();
  }
}
