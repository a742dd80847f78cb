package dev.weft.policy;

import static dev.weft.policy.Fixtures.documents;
import static dev.weft.policy.Fixtures.instance;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.model.Registration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class AnalyzerTest {

  private static final List<Registration> INSTANCES =
      List.of(
          instance("a", "default", "a1", "v1"),
          instance("b", "default", "b1", "v1").toBuilder()
              .state(Registration.State.STARTING)
              .build());

  @Test
  void saysNothingOfWhatFits() {
    assertThat(
            analyze(
                """
                {kind: VirtualService, name: a, spec: {hosts: [a], http: [{route: [{destination: {host: a, subset: v1}}]}]}}
                {kind: DestinationRule, name: a, spec: {host: a, subsets: [{name: v1, labels: {version: v1}}]}}
                """))
        .isEmpty();
  }

  @Test
  void namesHostsAndSubsetsThatNobodyKnows() {
    assertThat(
            analyze(
                """
                {kind: VirtualService, name: a, spec: {hosts: [a], http: [{route: [{destination: {host: nobody}}, {destination: {host: a, subset: v3}, weight: 1}]}, {delegate: {name: x}}]}}
                """))
        .contains(
            "WARNING [IST0101] VirtualService/default/a spec.http[0].route[0].destination.host:"
                + " nobody.default.svc.cluster.local: no instance and no ServiceEntry has this name",
            "ERROR [IST0101] VirtualService/default/a spec.http[0].route[1].destination.subset: v3:"
                + " no DestinationRule of a.default.svc.cluster.local defines this subset",
            "WARNING [IST0101] VirtualService/default/a spec.http[1].delegate: default/x: there is"
                + " no such VirtualService");
  }

  @Test
  void namesAServiceWithoutReadyInstance() {
    assertThat(
            analyze(
                "{kind: VirtualService, name: b, spec: {hosts: [b], http: [{route: [{destination:"
                    + " {host: b}}]}]}}"))
        .containsExactly(
            "WARNING [IST0127] VirtualService/default/b spec.http[0].route[0].destination.host:"
                + " b.default.svc.cluster.local: none of its instances is ready");
  }

  @Test
  void namesVirtualServicesThatCompete() {
    String spec = "spec: {hosts: [a], http: [{route: [{destination: {host: a}}]}]}}\n";

    assertThat(
            analyze(
                "{kind: VirtualService, name: one, "
                    + spec
                    + "{kind: VirtualService, name: two, "
                    + spec
                    + "{kind: VirtualService, name: three, "
                    + spec.replace("hosts: [a]", "hosts: [a], exportTo: [.]")))
        .containsExactly(
            "ERROR [IST0109] VirtualService/default/two spec.hosts[0]: a.default.svc.cluster.local:"
                + " is not asked for this host, default/one is older and names it too (they are not"
                + " merged)");
  }

  @Test
  void namesAPortThatIsMissingOrUnknown() {
    String entry =
        "{kind: ServiceEntry, name: s, spec: {hosts: [s.org], ports: [{number: 80, name: http},"
            + " {number: 81, name: other}]}}\n";

    assertThat(
            analyze(
                entry
                    + "{kind: VirtualService, name: v, spec: {hosts: [s.org], http: [{match: [{uri:"
                    + " {exact: /}}], route: [{destination: {host: s.org}}]}, {route:"
                    + " [{destination: {host: s.org, port: {number: 82}}}]}]}}"))
        .containsExactly(
            "WARNING [IST0112] VirtualService/default/v spec.http[0].route[0].destination.port:"
                + " s.org: has 2 ports, name the one that is meant",
            "ERROR [IST0101] VirtualService/default/v"
                + " spec.http[1].route[0].destination.port.number: s.org: has no port 82");
  }

  @Test
  void namesDestinationRulesThatHitNothing() {
    assertThat(
            analyze(
                """
                {kind: DestinationRule, name: a, spec: {host: a, subsets: [{name: v9, labels: {version: v9}}]}}
                {kind: DestinationRule, name: n, spec: {host: nobody}}
                {kind: DestinationRule, name: w, spec: {host: a, exportTo: [.], workloadSelector: {matchLabels: {app: x}}}}
                """))
        .containsExactly(
            "WARNING [IST0173] DestinationRule/default/a spec.subsets[0]: v9: nothing of"
                + " a.default.svc.cluster.local has the labels {version=v9}",
            "WARNING [IST0174] DestinationRule/default/n spec.host:"
                + " nobody.default.svc.cluster.local: no instance and no ServiceEntry has this name",
            "WARNING [IST0127] DestinationRule/default/w spec.workloadSelector.matchLabels:"
                + " {app=x}: no instance of namespace default has these labels");
  }

  @Test
  void namesEntriesThatContradictEachOther() {
    String spec = "spec: {hosts: [s.org], ports: [{number: 80, name: p, protocol: %s}]}}\n";

    assertThat(
            analyze(
                "{kind: ServiceEntry, name: one, "
                    + spec.formatted("HTTP")
                    + "{kind: ServiceEntry, name: two, "
                    + spec.formatted("TCP")))
        .containsExactly(
            "WARNING [IST0177] ServiceEntry/default/two spec.ports: s.org:80 is TCP here and HTTP"
                + " in ServiceEntry default/one");
  }

  @Test
  void namesASelectorThatSelectsNothing() {
    assertThat(
            analyze(
                "{kind: ServiceEntry, name: s, spec: {hosts: [s.org], resolution: STATIC, ports:"
                    + " [{number: 80, name: p}], workloadSelector: {labels: {app: x}}}}"))
        .containsExactly(
            "WARNING [IST0127] ServiceEntry/default/s spec.workloadSelector.labels: {app=x}: no"
                + " instance of namespace default has these labels");
  }

  /** One document a line, short form. */
  private static List<String> analyze(String lines) {
    StringBuilder yaml = new StringBuilder();
    int second = 10;
    for (String line : lines.lines().toList()) {
      yaml.append("---\n")
          .append(
              line.replaceFirst(
                  "name: ([a-z0-9]+),",
                  "apiVersion: networking.istio.io/v1, metadata: {name: $1, namespace: default,"
                      + " creationTimestamp: '2026-01-01T00:00:"
                      + second++
                      + "Z'},"))
          .append('\n');
    }
    PolicySet policies =
        PolicySet.builder().documents(documents(yaml.toString())).instances(INSTANCES).build();
    return Analyzer.analyze(policies).stream().map(Finding::toString).toList();
  }
}
