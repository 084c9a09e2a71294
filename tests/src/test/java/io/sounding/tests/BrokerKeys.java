package io.sounding.tests;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A self-signed certificate for 127.0.0.1, in a key store and a trust store made by keytool. */
record BrokerKeys(Path keyStore, Path trustStore) {

  static BrokerKeys make(Path folder, String password) throws IOException, InterruptedException {
    BrokerKeys keys = new BrokerKeys(folder.resolve("keys.p12"), folder.resolve("trust.p12"));
    String certificate = folder.resolve("certificate.pem").toString();
    List<String> newKey =
        List.of("-genkeypair", "-keyalg", "RSA", "-dname", "CN=x", "-ext", "SAN=ip:127.0.0.1");
    keytool(password, keys.keyStore, newKey);
    keytool(password, keys.keyStore, List.of("-exportcert", "-rfc", "-file", certificate));
    keytool(password, keys.trustStore, List.of("-importcert", "-noprompt", "-file", certificate));
    return keys;
  }

  private static void keytool(String password, Path store, List<String> arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(arguments);
    command.addAll(List.of("-alias", "broker", "-storetype", "PKCS12", "-storepass", password));
    command.addAll(List.of("-keystore", store.toString()));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException("keytool failed: " + said);
    }
  }
}
