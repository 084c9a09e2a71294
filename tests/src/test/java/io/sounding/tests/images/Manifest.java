package io.sounding.tests.images;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.yaml.snakeyaml.Yaml;

/** Kubernetes manifests of {@code docker/kubernetes}, and the schema of Flink's operator. */
final class Manifest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String CRD = "/META-INF/fabric8/flinkdeployments.flink.apache.org-v1.yml";

  private Manifest() {}

  /** The documents of a file. */
  static List<JsonNode> read(String file) {
    Path path = ImageFolder.docker().resolve("kubernetes").resolve(file);
    List<JsonNode> documents = new ArrayList<>();
    try (Reader reader = Files.newBufferedReader(path)) {
      new Yaml().loadAll(reader).forEach(document -> documents.add(JSON.valueToTree(document)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return documents;
  }

  /** Settings of Flink in the base, with those of an overlay over them. */
  static Map<String, String> flinkConfiguration(String overlay) {
    Map<String, String> settings = new TreeMap<>();
    for (String file : List.of("base/flinkdeployment.yaml", overlay)) {
      read(file)
          .get(0)
          .at("/spec/flinkConfiguration")
          .properties()
          .forEach(setting -> settings.put(setting.getKey(), setting.getValue().asText()));
    }
    return settings;
  }

  /** What does not fit the schema of a FlinkDeployment, or of a part of it; empty: all fits. */
  static List<String> violations(JsonNode node, String partOfSchema) {
    JsonNode schema = deploymentSchema().at(partOfSchema);
    JsonSchema validator =
        JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(schema);
    return validator.validate(node).stream().map(ValidationMessage::getMessage).toList();
  }

  /**
   * The schema, which Kubernetes reads strictly: unknown fields are refused. The newest operator
   * whose schema can be had as an artifact is older than Flink 2.2.
   */
  private static JsonNode deploymentSchema() {
    try (InputStream stream = Manifest.class.getResourceAsStream(CRD)) {
      JsonNode crd = JSON.valueToTree(new Yaml().<Object>load(stream));
      JsonNode schema = crd.at("/spec/versions/0/schema/openAPIV3Schema");
      refuseUnknown(schema);
      ((ArrayNode) schema.at("/properties/spec/properties/flinkVersion/enum")).add("v2_2");
      ((ObjectNode) schema.at("/properties"))
          .putObject("apiVersion")
          .put("const", "flink.apache.org/v1beta1");
      ((ObjectNode) schema.at("/properties")).putObject("kind").put("const", "FlinkDeployment");
      ((ObjectNode) schema.at("/properties")).putObject("metadata");
      return schema;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void refuseUnknown(JsonNode schema) {
    if (schema instanceof ObjectNode object
        && object.get("properties") instanceof ObjectNode
        && !object.has("additionalProperties")
        && !object.has("x-kubernetes-preserve-unknown-fields")) {
      object.put("additionalProperties", false);
    }
    schema.forEach(Manifest::refuseUnknown);
  }
}
