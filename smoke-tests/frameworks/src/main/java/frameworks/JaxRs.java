package frameworks;

import jakarta.ws.rs.client.Client;
import jakarta.ws.rs.client.Entity;
import jakarta.ws.rs.client.Invocation;
import jakarta.ws.rs.core.Response;
import org.apache.cxf.jaxrs.client.WebClient;
import org.glassfish.jersey.apache.connector.ApacheConnectorProvider;
import org.glassfish.jersey.apache5.connector.Apache5ConnectorProvider;
import org.glassfish.jersey.client.ClientConfig;
import org.glassfish.jersey.client.HttpUrlConnectorProvider;
import org.glassfish.jersey.client.JerseyClientBuilder;
import org.glassfish.jersey.client.spi.ConnectorProvider;
import org.glassfish.jersey.jnh.connector.JavaNetHttpConnectorProvider;
import org.jboss.resteasy.client.jaxrs.ResteasyClientBuilder;
import org.jboss.resteasy.client.jaxrs.engines.URLConnectionEngine;
import org.jboss.resteasy.client.jaxrs.internal.ResteasyClientBuilderImpl;

/** The three implementations of Jakarta REST's client. */
final class JaxRs {

  private JaxRs() {}

  static Caller jersey(String library) {
    ConnectorProvider connector =
        switch (library) {
          case "huc" -> new HttpUrlConnectorProvider();
          case "hc4" -> new ApacheConnectorProvider();
          case "hc5" -> new Apache5ConnectorProvider();
          case "jdk" -> new JavaNetHttpConnectorProvider();
          default -> throw new IllegalArgumentException("library: " + library);
        };
    ClientConfig config = new ClientConfig().connectorProvider(connector);
    return caller(JerseyClientBuilder.createClient(config));
  }

  static Caller resteasy(String library) {
    ResteasyClientBuilder builder = new ResteasyClientBuilderImpl();
    return switch (library) {
      case "hc4" -> caller(builder.build());
      case "huc" -> caller(builder.httpEngine(new URLConnectionEngine()).build());
      default -> throw new IllegalArgumentException("library: " + library);
    };
  }

  private static Caller caller(Client client) {
    return call -> {
      Invocation.Builder request = client.target(call.url()).request();
      if (call.user() != null) {
        request.header("x-user", call.user());
      }
      try (Response response =
          call.body() == null ? request.get() : request.post(Entity.text(call.body()))) {
        return text(response);
      }
    };
  }

  /** A client for each call, as WebClient is meant. */
  static Caller cxf(String library) {
    return call -> {
      WebClient client = WebClient.create(call.url());
      WebClient.getConfig(client)
          .getRequestContext()
          .put("force.urlconnection.http.conduit", library.equals("huc"));
      if (call.user() != null) {
        client.header("x-user", call.user());
      }
      try (Response response =
          call.body() == null ? client.get() : client.type("text/plain").post(call.body())) {
        return text(response);
      } finally {
        client.close();
      }
    };
  }

  private static String text(Response response) {
    return response.getStatus() + " " + response.readEntity(String.class);
  }
}
