package io.sounding.operators.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import io.sounding.schemas.ModelFormat;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Devices are given out without there being any: how many a process sees is a number here. */
class DeviceClaimsTest {

  private static final List<String> NONE_LISTED = List.of();

  private final List<String> said = new ArrayList<>();

  private DeviceClaims seeing(int gpus) {
    return new DeviceClaims(() -> gpus, said::add);
  }

  private static Device claimed(DeviceClaims claims, List<String> listed, int subtask) {
    return claims.claim(DeviceChoice.AUTO, listed, subtask).device();
  }

  @Test
  void subtasksTakeWhatFlinkListsByTheirIndexModuloItsNumber() {
    List<String> listed = List.of("3", "1"); // a set in Flink: in no order
    for (int subtask = 0; subtask < 4; subtask++) {
      assertThat(claimed(seeing(4), listed, subtask))
          .isEqualTo(Device.gpu(subtask % 2 == 0 ? 1 : 3));
    }
  }

  @Test
  void whereFlinkListsNoneTheyTakeWhatTheProcessSees() {
    for (int subtask = 0; subtask < 6; subtask++) {
      assertThat(claimed(seeing(3), NONE_LISTED, subtask)).isEqualTo(Device.gpu(subtask % 3));
    }
  }

  @Test
  void subtasksOfOneProcessThatAreNoNeighboursTakeDevicesOfTheirOwn() {
    DeviceClaims claims = seeing(2);
    assertThat(claimed(claims, NONE_LISTED, 0)).isEqualTo(Device.gpu(0));
    assertThat(claimed(claims, NONE_LISTED, 2)).isEqualTo(Device.gpu(1));
    assertThat(claimed(claims, NONE_LISTED, 4)).isEqualTo(Device.gpu(0));
  }

  @Test
  void whatWasGivenBackIsGivenOutAgain() {
    DeviceClaims claims = seeing(2);
    DeviceClaims.Claim first = claims.claim(DeviceChoice.AUTO, NONE_LISTED, 0);
    assertThat(claimed(claims, NONE_LISTED, 1)).isEqualTo(Device.gpu(1));
    first.close();
    first.close();
    assertThat(claimed(claims, NONE_LISTED, 3)).isEqualTo(Device.gpu(0));
    assertThat(claimed(claims, NONE_LISTED, 3)).isEqualTo(Device.gpu(1));
  }

  @Test
  void theCpuIsTakenWhereItIsAskedForOrNothingElseIsThere() {
    assertThat(seeing(2).claim(DeviceChoice.CPU, List.of("0"), 0).device()).isEqualTo(Device.cpu());
    assertThat(claimed(seeing(0), NONE_LISTED, 0)).isEqualTo(Device.cpu());
    assertThat(said).isEmpty();
  }

  @Test
  void gpusThatFlinkListsAndAreNotSeenAreSaidOnce() {
    DeviceClaims listed = seeing(1);
    assertThat(claimed(listed, List.of("1", "none"), 0)).isEqualTo(Device.cpu());
    assertThat(claimed(listed, List.of("1", "none"), 1)).isEqualTo(Device.cpu());
    assertThat(said)
        .singleElement()
        .asString()
        .startsWith(
            "GPUs were expected (Flink lists indices [1, none]), and this process sees 1 of them");
  }

  @Test
  void gpusThatWereAskedForAndAreNotSeenAreSaidOnce() {
    DeviceClaims wanted = seeing(0);
    wanted.claim(DeviceChoice.GPU, NONE_LISTED, 0);
    wanted.claim(DeviceChoice.GPU, NONE_LISTED, 1);
    assertThat(said)
        .singleElement()
        .asString()
        .startsWith("GPUs were expected (--device gpu), and this process sees 0 of them");
  }

  @Test
  void anEngineThatCannotUseTheDeviceRunsOnTheCpuAndSaysSoOnce() throws EncodingException {
    SpeechEncoder.startEngine(ModelFormat.ONNX, 1); // a build without CUDA
    EngineDevices devices = new EngineDevices(said::add);
    for (int time = 0; time < 2; time++) {
      assertThat(devices.usable(ModelFormat.ONNX, Device.gpu(1))).isEqualTo(Device.cpu());
    }
    assertThat(said)
        .singleElement()
        .asString()
        .startsWith("OnnxRuntime was to run models on gpu(1), and can use 0 GPUs here:");
    assertThat(devices.usable(ModelFormat.ONNX, Device.gpu(1), 2)).isEqualTo(Device.gpu(1));
    assertThat(devices.usable(ModelFormat.ONNX, Device.cpu())).isEqualTo(Device.cpu());
  }

  @Test
  void anUnknownChoiceIsRefused() {
    assertThat(DeviceChoice.of("gpu")).isEqualTo(DeviceChoice.GPU);
    assertThatThrownBy(() -> DeviceChoice.of("cuda"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("There is no device 'cuda'; choose auto, cpu, gpu.");
  }
}
