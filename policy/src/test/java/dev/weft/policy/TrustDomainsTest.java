package dev.weft.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rows of Istio's pilot/pkg/security/trustdomain/bundle_test.go. */
@Timeout(30)
class TrustDomainsTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          cluster.local          | cluster.local/ns/foo/sa/bar | cluster.local/ns/foo/sa/bar
          cluster.local          | *                           | *
          cluster.local          | */ns/foo/sa/bar             | */ns/foo/sa/bar
          td2 td1                | td1/ns/foo/sa/bar           | td2/ns/foo/sa/bar td1/ns/foo/sa/bar
          td1 cluster.local      | cluster.local/ns/foo/sa/bar cluster.local/ns/yyy/sa/zzz | td1/ns/foo/sa/bar cluster.local/ns/foo/sa/bar td1/ns/yyy/sa/zzz cluster.local/ns/yyy/sa/zzz
          td1 cluster.local      | */ns/foo/sa/bar *sa/zzz *   | */ns/foo/sa/bar *sa/zzz *
          td2 td1 cluster.local  | cluster.local/ns/foo/sa/bar td1/ns/yyy/sa/zzz | td2/ns/foo/sa/bar td1/ns/foo/sa/bar cluster.local/ns/foo/sa/bar td2/ns/yyy/sa/zzz td1/ns/yyy/sa/zzz cluster.local/ns/yyy/sa/zzz
          td2 foo-td1 cluster.local | *-td1/ns/foo/sa/bar      | td2/ns/foo/sa/bar *-td1/ns/foo/sa/bar cluster.local/ns/foo/sa/bar
          td1 td2                | some-td/ns/foo/sa/bar       | some-td/ns/foo/sa/bar
          td1 td2 some-td        | some-td/ns/foo/sa/bar       | td1/ns/foo/sa/bar td2/ns/foo/sa/bar some-td/ns/foo/sa/bar
          new-td td2 td3         | td1/ns/some-ns/sa/some-sa td2/ns/foo/sa/bar | td1/ns/some-ns/sa/some-sa new-td/ns/foo/sa/bar td2/ns/foo/sa/bar td3/ns/foo/sa/bar
          new-td td2 td3         | /ns/some-ns/sa/some-sa      | /ns/some-ns/sa/some-sa
          new-td old-td          | *-td/ns/some-ns/sa/some-sa  | *-td/ns/some-ns/sa/some-sa
          td                     | spiffe://cluster.local/ns/foo/sa/bar | spiffe://cluster.local/ns/foo/sa/bar
          td                     | sa/test-sa/ns/default       | sa/test-sa/ns/default
          td                     | cluster.local/ns/foo/sa/bar | td/ns/foo/sa/bar
          abc                    | xyz/ns/foo/sa/bar           | xyz/ns/foo/sa/bar
          """)
  void aPrincipalOfOneOfOurTrustDomainsMeansAllOfThem(
      String domains, String principals, String expected) {
    assertThat(bundle(domains).principals(words(principals))).isEqualTo(words(expected));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          td1 td2 td3 | td2       | td1 td2 td3
          td1 td2     | other     | other
          td1 td2     | td*       | td*
          td1 td2     | td1 td2 x | td1 td2 x
          td1         | cluster.local | cluster.local
          """)
  void aTrustDomainOfOursMeansAllOfThem(String domains, String values, String expected) {
    assertThat(bundle(domains).domains(words(values))).isEqualTo(words(expected));
  }

  private static TrustDomains bundle(String domains) {
    List<String> names = words(domains);
    return new TrustDomains(names.get(0), names.subList(1, names.size()));
  }

  private static List<String> words(String text) {
    return Arrays.asList(text.split(" "));
  }
}
