using CsCheck;
using Veer.Tests.Formats;
using Xunit;

namespace Veer.Tests.Studies;

public sealed class SettingsBinderTests : IDisposable
{
    private const string Least = "title: x\ndata: { kind: fractal }\n";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void What_is_not_said_has_its_default()
    {
        var settings = StudyText.Resolve(folder, Least).Settings;
        Assert.Equal(new(), settings.Denoisers["base"]);
        Assert.Equal(new(), settings.Evaluation);
        Assert.Equal([1.0, 2, 3], settings.Guidances["classifier-free"].Scales);
        Assert.Equal(
            [("individual", "each", "balanced"), ("one-for-all", "all", "nearest")],
            settings.Postprocessors.Select(entry => (entry.Key, entry.Value.Train, entry.Value.Pairing)));
        Assert.Empty(settings.Classifiers);
        Assert.Equal(["whole"], settings.Applications.Keys);
    }

    [Theory]
    [InlineData("colour: red", "colour: found an unknown key, expected one of title, reproduces, minutes, data, denoisers")]
    [InlineData("denoiser: { network: { hight: 3 } }", "denoiser.network.hight: found an unknown key, expected one of width, layers")]
    [InlineData("denoiser: { training: { steps: -1 } }", "denoiser.training.steps: found -1, expected at least 1")]
    [InlineData("denoiser: { training: { steps: many } }", "denoiser.training.steps: found \"many\", expected a whole number")]
    [InlineData("denoiser: { training: { steps: '5' } }", "denoiser.training.steps: found \"5\", expected a whole number")]
    [InlineData("denoiser: { training: { steps: 1.5 } }", "denoiser.training.steps: found 1.5, expected a whole number")]
    [InlineData("denoiser: { training: { steps: 99999999999 } }", "denoiser.training.steps: found 99999999999, expected a whole number")]
    [InlineData("denoiser: { training: { steps: } }", "denoiser.training.steps: found nothing, expected a whole number")]
    [InlineData("denoiser: { training: { learning_rate: .nan } }", "denoiser.training.learning_rate: found \".nan\", expected a number")]
    [InlineData("denoiser: { training: { average_decay: 1 } }", "denoiser.training.average_decay: found 1, expected 0 to 0.9999999")]
    [InlineData("denoiser: { schedule: sine }", "denoiser.schedule: found 'sine', expected one of linear, cosine")]
    [InlineData("denoiser: { label_dropout: 1.1 }", "denoiser.label_dropout: found 1.1, expected 0 to 1")]
    [InlineData("denoiser: 5", "denoiser: found 5, expected a mapping of keys to values")]
    [InlineData("denoiser: [1]", "denoiser: found [1], expected a mapping of keys to values")]
    [InlineData("denoiser:", "denoiser: found nothing, expected a mapping of keys to values")]
    [InlineData("postprocessor: { match_classes: 1 }", "postprocessor.match_classes: found 1, expected true or false")]
    [InlineData("postprocessor: { neighbors: 0 }", "postprocessor.neighbors: found 0, expected 1 to 100000")]
    [InlineData("reproduces: [a]", "reproduces: found [\"a\"], expected a text")]
    [InlineData("guidance: { scales: [] }", "guidance.scales: found 0 values, expected at least 1 value")]
    [InlineData("guidance: { scales: [1, null] }", "guidance.scales[1]: found nothing, expected")]
    [InlineData("guidance: { scales: { a: 1 } }", "guidance.scales: found {\"a\":1}, expected a list of numbers")]
    [InlineData("denoisers: { a: { training: { steps: 0 } } }", "denoisers.a.training.steps: found 0, expected at least 1")]
    [InlineData("denoisers: { a: { training: { steps: many } } }", "denoisers.a.training.steps: found \"many\", expected a whole number")]
    [InlineData("denoisers: { a: { hight: 1 } }", "denoisers.a.hight: found an unknown key, expected one of family, schedule")]
    [InlineData("denoisers: { a: 5 }", "denoisers.a: found 5, expected a mapping")]
    [InlineData("denoisers: [a]", "denoisers: found [\"a\"], expected a mapping")]
    [InlineData("guidance: { kind: magic }", "guidance.kind: found 'magic', expected one of classifier-free, classifier, ")]
    [InlineData("postprocessors: { a: { train: some } }", "postprocessors.a.train: found 'some', expected one of each, all")]
    [InlineData("postprocessor: { pairing: nearby }", "postprocessor.pairing: found 'nearby', expected one of nearest, balanced, random")]
    [InlineData("application: { strength: 2 }", "application.strength: found 2, expected 0 to 1")]
    [InlineData("presets: [quick]", "presets: found [\"quick\"], expected a mapping")]
    [InlineData("presets: { quick: 3 }", "presets.quick: found 3, expected a mapping")]
    public void A_fault_names_the_key_what_was_found_and_what_is_allowed(string line, string message) =>
        Refusal.Of(() => StudyText.Resolve(folder, Least + line + "\n"), "study.yaml: " + message);

    [Theory]
    [InlineData("denoiser: { timesteps: 20 }\nsampling: { steps: 5 }", "denoisers.base.timesteps: found 20, expected at least 21 with the linear schedule")]
    [InlineData("guidance: { kind: autoguidance }", "guidances.autoguidance.guide: found nothing, expected one of exact: a weaker model")]
    [InlineData("denoiser: { timesteps: 40 }", "sampling.steps: found 50, expected at most denoisers.base.timesteps, 40")]
    [InlineData("sampling: { training_samples: 2 }", "sampling.training_samples: found 2, expected at least 3: one for each scale")]
    [InlineData("denoiser: { label_dropout: 0 }", "denoisers.base.label_dropout: found 0, expected above 0, or no guidances.classifier-free.scales but 1")]
    [InlineData("guidance: { scales: [1, 2, 2.00001] }", "guidances.classifier-free.scales: found 2, 2.00001, expected scales that differ")]
    [InlineData("guidance: { denoiser: bas }", "guidances.classifier-free.denoiser: found 'bas', expected one of base, exact")]
    [InlineData("guidance: { kind: classifier, classifier: linear }", "guidances.classifier.classifier: found 'linear', expected one of exact")]
    [InlineData("guidance: { kind: autoguidance, guide: weak }", "guidances.autoguidance.guide: found 'weak', expected one of exact: a weaker model")]
    [InlineData("guidance: { kind: autoguidance, guide: base }", "guidances.autoguidance.guide: found 'base', expected one of exact: a weaker model")]
    [InlineData("guidance: { kind: condition-annealing, denoiser: exact }", "guidances.condition-annealing.kind: found 'condition-annealing', expected another guidance: the exact denoiser knows no soft labels")]
    [InlineData("denoiser: { family: flow }\nguidance: { kind: classifier }\nsampling: { sampler: ddim }", "guidances.classifier.kind: found 'classifier', expected another guidance: samples of denoisers.base start at noise alone")]
    [InlineData("guidance: { kind: interval, lowest_noise: 3 }", "guidances.interval.lowest_noise: found 3, expected less than highest_noise, 2")]
    [InlineData("denoisers: { exact: {} }", "denoisers: found the name 'exact', expected another name")]
    [InlineData("denoisers: { classifier-a: {} }", "denoisers: found the name 'classifier-a', expected another name")]
    [InlineData("postprocessors: { before: {} }", "postprocessors: found the name 'before', expected another name")]
    [InlineData("guidance: { scales: [1, 1.0e300] }", "guidance.scales: found 2 values, expected numbers from -1000000 to 1000000")]
    [InlineData("guidance: { scales: [1, .nan] }", "guidance.scales[1]: found \".nan\", expected a number")]
    [InlineData("postprocessors: { labels: {} }", "postprocessors: found the name 'labels', expected another name")]
    [InlineData("guidances: { boundary-a: { scales: [1] } }", "guidances: found the name 'boundary-a', expected another name")]
    [InlineData("postprocessors: { a: { reflow: a } }", "postprocessors.a.reflow: found 'a', expected none: there is none to name")]
    [InlineData("postprocessors: { a/b: {} }", "postprocessors: found the name 'a/b', expected small letters, digits and single hyphens")]
    [InlineData("postprocessors: { a: { guidances: [b] } }", "postprocessors.a.guidances: found 'b', expected one of classifier-free")]
    [InlineData("postprocessor: { start: bas }", "postprocessors.individual.start: found 'bas', expected one of base")]
    [InlineData("postprocessors: { flow: {}, fast: { reflow: flw } }", "postprocessors.fast.reflow: found 'flw', expected one of flow")]
    [InlineData("postprocessors: { flow: {}, fast: { reflow: flow }, faster: { reflow: fast } }", "postprocessors.faster.reflow: found 'fast', expected one of flow")]
    [InlineData("postprocessors: { flow: {}, both: { chain: [flow] } }", "postprocessors.both.chain: found 1 value, expected at least 2 values")]
    [InlineData("postprocessors: { flow: {}, both: { chain: [flow, flw] } }", "postprocessors.both.chain: found 'flw', expected one of flow")]
    [InlineData("postprocessors: { flow: {}, both: { chain: [flow, flow] } }\napplications: { chosen: { strengths: [0, 1] } }", "postprocessors.both.chain: found [flow, flow], expected an application with one strength")]
    [InlineData("postprocessors: { flow: {}, both: { chain: [flow, ~] } }", "postprocessors.both.chain")]
    [InlineData("postprocessors: { flow: {}, both: { chain: [flow, flow] }, all: { chain: [both, flow] } }", "postprocessors.all.chain: found 'both', expected one of flow")]
    [InlineData("postprocessors: { flow: {}, both: { chain: [flow, flow], reflow: flow } }", "postprocessors.both.reflow: found 'flow', expected nothing beside a chain")]
    [InlineData("postprocessors: { flow: { train: each }, fast: { reflow: flow } }", "postprocessors.fast.train: found 'all', expected 'each', as flow has")]
    [InlineData("postprocessor: { start: base }", "postprocessors.individual.start: found 'base', expected a denoiser of family flow")]
    [InlineData(
        "denoiser: { family: flow }\npostprocessor: { start: base, network: { width: 8 } }",
        "postprocessors.individual.start: found 'base', expected a denoiser with the network of postprocessors.individual")]
    [InlineData("postprocessors: { told: { train: each, tell_scale: true } }", "postprocessors.told.tell_scale: found true, expected false: it is trained for one scale")]
    [InlineData("postprocessors: { flow: {}, told: { reflow: flow, tell_scale: true } }", "postprocessors.told.tell_scale: found true, expected false: it is told what the flows that it follows are told")]
    [InlineData("guidance: { scales: [1] }\npostprocessors: { told: { tell_scale: true } }", "postprocessors.told.tell_scale: found true, expected false, or two of guidances.classifier-free.scales or more")]
    [InlineData("denoiser: { family: flow }\npostprocessors: { told: { tell_scale: true, start: base } }", "postprocessors.told.tell_scale: found true, expected false: it begins with the weights of base")]
    [InlineData("denoisers: { base: {}, weak: { label_dropout: 1 } }\nguidance: { kind: autoguidance, guide: weak }", "denoisers.weak.label_dropout: found 1, expected below 1: guidances.autoguidance asks it for labels")]
    [InlineData("denoiser: { label_dropout: 1 }", "denoisers.base.label_dropout: found 1, expected below 1")]
    public void Settings_that_contradict_each_other_are_refused(string lines, string message) =>
        Refusal.Of(() => StudyText.Resolve(folder, Least + lines + "\n"), "study.yaml: " + message);

    [Theory]
    [InlineData("denoiser: { family: edm }\nguidance: { kind: classifier }\nsampling: { sampler: heun }")]
    [InlineData("denoiser: { family: edm }\nguidance: { kind: rectified }\nsampling: { sampler: heun }")]
    [InlineData("classifiers: { few: { timesteps: 30 } }")]
    [InlineData("denoisers: { base: {}, weak: { timesteps: 30 } }\nguidance: { kind: autoguidance, guide: weak }")]
    public void Settings_that_can_stand_together_may(string lines) => StudyText.Resolve(folder, Least + lines + "\n");

    [Theory]
    [InlineData("postprocessor: { neighbors: 3 }", "balanced", "nearest")]
    [InlineData("postprocessor: { pairing: random }", "random", "random")]
    public void One_postprocessor_for_all_scales_has_nearest_neighbours_unless_the_study_says_otherwise(string line, string individual, string all)
    {
        var postprocessors = StudyText.Resolve(folder, Least + line + "\n").Settings.Postprocessors;
        Assert.Equal((individual, all), (postprocessors["individual"].Pairing, postprocessors["one-for-all"].Pairing));
    }

    [Fact]
    public void A_model_without_label_dropout_may_be_studied_unguided()
    {
        var settings = StudyText.Resolve(folder, Least + "denoiser: { label_dropout: 0 }\nguidance: { scales: [1] }").Settings;
        Assert.Equal(0, settings.Denoisers["base"].LabelDropout);
    }

    [Theory]
    [InlineData("data: { kind: fractal }", "title: found no such key, expected a text")]
    [InlineData("title: x", "data: found no such key, expected a mapping")]
    [InlineData("title: x\ndata: {}", "data.kind: found no such key, expected a text")]
    [InlineData("title: x\ndata: { kind: spiral }", "data.kind: found 'spiral', expected one of fractal, gaussians, vectors, images, mnist-components")]
    [InlineData("title:\ndata: { kind: fractal }", "title: found nothing, expected a text")]
    [InlineData("title: x\ndata:\n", "data: found nothing, expected a mapping")]
    public void What_must_be_said_is_asked_for(string text, string message) => Refusal.Of(() => StudyText.Resolve(folder, text), message);

    [Theory]
    [InlineData("", "an empty file")]
    [InlineData("# nothing\n", "an empty file")]
    [InlineData("- a\n- b\n", "no mapping")]
    [InlineData("just text", "no mapping")]
    [InlineData("title: x\ntitle: y\n", "line 2")]
    [InlineData("title: x\n'title': y\n", "line 2")]
    [InlineData("title: x\n\tdata: y\n", "study.yaml: line ")]
    [InlineData("title: x\ndata: { kind: fractal\n", "line ")]
    [InlineData("title: x\n---\ntitle: y\n", "a second document")]
    [InlineData("[a, b]: x\n", "line 1, column 1", "a key that is no text")]
    [InlineData("? { a: b }\n: x\n", "a key that is no text")]
    [InlineData("title: *nowhere\n", "line 1")]
    [InlineData("title: &loop [*loop]\n", "study.yaml")]
    [InlineData("data: &loop { kind: *loop }\n", "study.yaml")]
    [InlineData("<<: { a: b }\n", "<<: found an unknown key")]
    [InlineData("a: &a [1,1,1,1,1,1,1,1,1,1]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\n", "10000 values")]
    public void A_file_that_is_no_tree_of_settings_is_refused(string text, params string[] parts) =>
        Refusal.Of(() => StudyText.Resolve(folder, text), parts);

    [Fact]
    public void Anchors_are_read()
    {
        var settings = StudyText.Resolve(
            folder, Least + "denoiser: { network: &size { width: 7 } }\npostprocessor: { network: *size }").Settings;
        Assert.Equal(7, settings.Postprocessors["individual"].Network.Width);
    }

    [Fact]
    public void Any_text_is_read_or_refused_in_one_line_and_nothing_worse()
    {
        string[] pieces =
        [
            "a", "title", "data", "kind", "presets", "quick", "scales", "1", "-2.5e3", "null", "~", "true", ":", ": ", "-", "- ", "? ",
            ", ", "[", "]", "{", "}", "&a ", "*a", "!!int ", "!b ", "|", ">", "'", "\"", "\\", "#", "%", "@", "`", "<<", "---\n",
            "...\n", "\n", "\n  ", "\n    ", "\t", "\0", "é",
            "\ud83d\ude00", "\r", " ",
        ];
        Gen.Int[0, pieces.Length - 1].Array[0, 25].Select(picks => string.Concat(picks.Select(i => pieces[i])))
            .SampleFixed(ReadOrRefused, iter: 1000);
    }

    [Fact]
    public void Any_changed_letters_of_a_study_are_read_or_refused_in_one_line_and_nothing_worse() =>
        Gen.Select(Gen.Int[0, StudyText.Tiny.Length - 1], Gen.Char[" \n\t:,{}[]&*!|>'\"%@#-?x0"]).Array[1, 3].SampleFixed(changes =>
        {
            char[] text = StudyText.Tiny.ToCharArray();
            foreach (var (at, letter) in changes) text[at] = letter;
            ReadOrRefused(new string(text));
        }, iter: 300);

    private void ReadOrRefused(string text)
    {
        try
        {
            StudyText.Resolve(folder, text);
            StudyText.Resolve(folder, Least, "reproduces=" + text);
        }
        catch (InputException refusal)
        {
            Assert.DoesNotContain('\n', refusal.Message);
        }
    }
}
