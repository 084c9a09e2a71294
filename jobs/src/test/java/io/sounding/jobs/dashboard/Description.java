package io.sounding.jobs.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** {@code openapi.json}, and answers held against it by a validator of JSON Schema 2020-12. */
final class Description {

  private static final JsonNode DESCRIPTION = read();

  private Description() {}

  private static JsonNode read() {
    try (InputStream in = Description.class.getResourceAsStream("openapi.json")) {
      return new ObjectMapper().readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static JsonNode json() {
    return DESCRIPTION;
  }

  /** Methods and paths. */
  static List<String> routes() {
    List<String> routes = new ArrayList<>();
    DESCRIPTION
        .get("paths")
        .properties()
        .forEach(
            path ->
                path.getValue()
                    .properties()
                    .forEach(
                        operation ->
                            routes.add(
                                operation.getKey().toUpperCase(Locale.ROOT)
                                    + " "
                                    + path.getKey())));
    return routes;
  }

  /** Holds the answer of a path against its schema. */
  static void validateAnswer(String path, String json) {
    String reference =
        DESCRIPTION
            .get("paths")
            .get(path.replaceFirst("\\?.*", ""))
            .at("/get/responses/200/content/application~1json/schema/$ref")
            .textValue();
    validate(reference.substring(reference.lastIndexOf('/') + 1), json);
  }

  /** Holds JSON against a schema of that name. */
  static void validate(String name, String json) {
    ObjectNode root = new ObjectMapper().createObjectNode();
    root.put("$schema", "https://json-schema.org/draft/2020-12/schema");
    root.put("$ref", "#/components/schemas/" + name);
    root.set("components", DESCRIPTION.get("components"));
    JsonSchema schema =
        JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(root);
    assertThat(
            schema.validate(
                json,
                InputFormat.JSON,
                context -> context.getExecutionConfig().setFormatAssertionsEnabled(true)))
        .as("%s of %s", name, json)
        .isEmpty();
  }
}
