package dev.weft.control.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.weft.control.core.AgentBoard.AgentView;
import dev.weft.control.core.AgentBoard.Answer;
import dev.weft.control.core.AgentBoard.Delivery;
import dev.weft.control.core.AgentBoard.Sync;
import dev.weft.model.Registration;
import dev.weft.model.Rejection;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
final class AgentBoardTest {

  private static final ResourceKey PAYMENTS =
      new ResourceKey(Kind.VIRTUAL_SERVICE, "default", "payments");
  private static final String V1 = PAYMENTS + "@1";
  private static final String V2 = PAYMENTS + "@2";

  private final AgentBoard board =
      new AgentBoard(Clock.fixed(Instant.ofEpochSecond(1), ZoneOffset.UTC));

  @Test
  void anAgentThatWasSentNothingIsNotSent() {
    connect("checkout-7");
    assertThat(board.agents()).extracting(AgentView::sync).containsExactly(Sync.NOT_SENT);
  }

  @Test
  void anAgentIsStaleUntilItAnswers() {
    connect("checkout-7");
    board.sent("checkout-7", "1", Set.of(V1));
    assertThat(board.agents()).extracting(AgentView::sync).containsExactly(Sync.STALE);
    assertThat(board.deliveries(PAYMENTS))
        .containsExactly(new Delivery("checkout-7", "1", Answer.WAITING, "", ""));
    board.answered("checkout-7", "1", List.of());
    assertThat(board.agents()).extracting(AgentView::sync).containsExactly(Sync.SYNCED);
    assertThat(board.deliveries(PAYMENTS))
        .containsExactly(new Delivery("checkout-7", "1", Answer.ACCEPTED, "1", ""));
  }

  @Test
  void aRefusalKeepsTheVersionBeforeInForce() {
    connect("checkout-7");
    board.sent("checkout-7", "1", Set.of(V1));
    board.answered("checkout-7", "1", List.of());
    board.sent("checkout-7", "2", Set.of(V2));
    board.answered("checkout-7", "2", List.of(rejection("unknown subset v3 of payments")));
    assertThat(board.deliveries(PAYMENTS))
        .containsExactly(
            new Delivery("checkout-7", "2", Answer.REJECTED, "1", "unknown subset v3 of payments"));
  }

  @Test
  void theAnswerToOneMessageAnswersThoseBeforeItToo() {
    connect("checkout-7");
    board.sent("checkout-7", "1", Set.of(V1));
    board.sent("checkout-7", "2", Set.of(V1, "DestinationRule/default/other@5"));
    board.answered("checkout-7", "2", List.of());
    assertThat(board.agents()).extracting(AgentView::sync).containsExactly(Sync.SYNCED);
    assertThat(board.deliveries(PAYMENTS))
        .extracting(Delivery::answer)
        .containsExactly(Answer.ACCEPTED);
  }

  @Test
  void theAnswerToAnOldMessageSaysNothingOfNewerOnes() {
    connect("checkout-7");
    board.sent("checkout-7", "1", Set.of(V1));
    board.sent("checkout-7", "2", Set.of(V2));
    board.answered("checkout-7", "1", List.of());
    assertThat(board.agents()).extracting(AgentView::sync).containsExactly(Sync.STALE);
    assertThat(board.deliveries(PAYMENTS))
        .extracting(Delivery::version, Delivery::answer)
        .containsExactly(tuple("2", Answer.WAITING));
  }

  @Test
  void whatNoLongerTakesPartIsForgotten() {
    connect("checkout-7");
    board.sent("checkout-7", "1", Set.of(V1, "DestinationRule/default/payments@5"));
    board.sent("checkout-7", "2", Set.of("DestinationRule/default/payments@5"));
    assertThat(board.deliveries(PAYMENTS)).isEmpty();
    board.sent("checkout-7", "3", Set.of(V1));
    board.uses("checkout-7", Set.of());
    assertThat(board.deliveries(PAYMENTS)).isEmpty();
  }

  @Test
  void anAnswerStandsUntilThereIsAnotherOfTheSameVersion() {
    connect("checkout-7");
    board.sent("checkout-7", "1", Set.of(V1));
    board.answered("checkout-7", "1", List.of());
    board.sent("checkout-7", "2", Set.of(V1));
    assertThat(board.deliveries(PAYMENTS))
        .extracting(Delivery::answer)
        .containsExactly(Answer.ACCEPTED);
    board.answered("checkout-7", "2", List.of(rejection("its DestinationRule is gone")));
    assertThat(board.deliveries(PAYMENTS))
        .extracting(Delivery::answer, Delivery::reason)
        .containsExactly(tuple(Answer.REJECTED, "its DestinationRule is gone"));
  }

  @Test
  void aNewStreamBeginsFromNothing() {
    connect("checkout-7");
    board.sent("checkout-7", "1", Set.of(V1));
    connect("checkout-7");
    assertThat(board.agents()).extracting(AgentView::sync).containsExactly(Sync.NOT_SENT);
    board.disconnected("checkout-7");
    board.answered("checkout-7", "1", List.of());
    assertThat(board.agents()).isEmpty();
    assertThat(board.deliveries(PAYMENTS)).isEmpty();
  }

  private void connect(String id) {
    board.connected(Registration.builder().instanceId(id).build());
  }

  private static Rejection rejection(String reason) {
    return Rejection.builder()
        .kind("RouteTable")
        .name("payments:80")
        .source(PAYMENTS.toString())
        .reason(reason)
        .build();
  }
}
