using System.Text.Json;
using System.Text.Json.Serialization;

namespace Veer.Evaluation;

/// <summary>An estimate in JSON: value, error and the ends of its interval; null for what is not finite. The ends are passed over when it is read.</summary>
internal sealed class EstimateJson : JsonConverter<Estimate>
{
    private const string Value = "value", Error = "error", Low = "low", High = "high";

    public override Estimate Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var json = JsonDocument.ParseValue(ref reader);
        return new(Number(Value), Number(Error));

        double Number(string name) => json.RootElement.TryGetProperty(name, out var found) && found.ValueKind == JsonValueKind.Number ? found.GetDouble() : double.NaN;
    }

    public override void Write(Utf8JsonWriter writer, Estimate value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        foreach (var (name, number) in ((string, double)[])[(Value, value.Value), (Error, value.Error), (Low, value.Low), (High, value.High)])
        {
            if (double.IsFinite(number)) writer.WriteNumber(name, number);
            else writer.WriteNull(name);
        }
        writer.WriteEndObject();
    }
}
