using Veer.Studies.Settings;
using Veer.Tests.Formats;

namespace Veer.Tests.Studies;

/// <summary>Small studies, as files.</summary>
internal static class StudyText
{
    /// <summary>A study of the fractal that runs in a few seconds.</summary>
    public const string Tiny = """
        title: A tiny study
        data: { kind: fractal, train_per_class: 300, held_out_per_class: 300 }
        denoiser:
          timesteps: 50
          network: { width: 8, layers: 1, fourier_features: 4, fourier_frequency: 10, time_features: 4 }
          training: { steps: 30, batch_size: 64 }
        guidance: { scales: [1, 2.5] }
        sampling: { sampler: ddim, steps: 5, training_samples: 200, test_samples: 200, trajectories: 4 }
        postprocessor:
          neighbors: 5
          network: { width: 8, layers: 1, fourier_features: 4, fourier_frequency: 10, time_features: 4 }
          training: { steps: 30, batch_size: 64 }
        evaluation: { assignment_points: 50, projections: 8 }

        """;

    /// <summary>Writes a study's text into a folder and resolves it.</summary>
    public static Study Resolve(TemporaryFolder folder, string text, params string[] overrides)
    {
        File.WriteAllText(folder.File("study.yaml"), text);
        return StudyFile.Resolve(folder.File("study.yaml"), StudyFile.DefaultPreset, overrides);
    }
}
