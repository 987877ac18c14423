using System.Buffers;
using System.Text;

namespace Cluster.Gateway.Metrics;

/// <summary>Writes metrics as text that Prometheus reads.</summary>
/// <remarks>
/// Prometheus text format 0.0.4, https://prometheus.io/docs/instrumenting/exposition_formats/, or OpenMetrics 1.0,
/// https://github.com/prometheus/OpenMetrics/blob/v1.0.0/specification/OpenMetrics.md
/// </remarks>
/// <param name="openMetrics">Whether to write OpenMetrics.</param>
internal sealed class ExpositionWriter(bool openMetrics)
{
    private const string Total = "_total";

    private readonly ArrayBufferWriter<byte> _text = new(16 * 1024);
    private readonly StringBuilder _scratch = new();
    private MetricHead? _pending;

    /// <summary>Begins a metric. It is announced with its first sample, so that one without any is not mentioned.</summary>
    public void Begin(MetricHead head) => _pending = head;

    /// <summary>Writes a sample.</summary>
    /// <param name="name">Of the sample.</param>
    /// <param name="labels">As <see cref="LabelText"/> writes them.</param>
    /// <param name="value">Its value.</param>
    public void Sample(string name, string labels, Number value)
    {
        Announce();
        Text(name);
        if (labels.Length > 0)
        {
            Bytes("{"u8);
            Text(labels);
            Bytes("}"u8);
        }

        EndSample(value);
    }

    /// <summary>Writes the sample of a histogram's bucket.</summary>
    /// <param name="name">Of the histogram.</param>
    /// <param name="labels">Of the series.</param>
    /// <param name="bound">The bucket's upper bound.</param>
    /// <param name="count">Measurements up to the bound.</param>
    public void Bucket(string name, string labels, double bound, long count)
    {
        Announce();
        Text(name);
        Bytes("_bucket{"u8);
        Text(labels);
        Bytes(labels.Length > 0 ? ",le=\""u8 : "le=\""u8);
        Value(Number.Of(bound));
        if (openMetrics && double.IsInteger(bound))
        {
            Bytes(".0"u8);
        }

        Bytes("\"}"u8);
        EndSample(Number.Of(count));
    }

    /// <summary>Ends the text.</summary>
    public ReadOnlyMemory<byte> End()
    {
        if (openMetrics)
        {
            Bytes("# EOF\n"u8);
        }

        return _text.WrittenMemory;
    }

    private void Announce()
    {
        if (_pending is not { } head)
        {
            return;
        }

        _pending = null;
        var family = openMetrics && head.Kind == MetricKind.Counter ? head.Name[..^Total.Length] : head.Name;
        _scratch.Clear().Append("# HELP ").Append(family).Append(' ');
        LabelText.AppendEscaped(_scratch, head.Help, quotes: openMetrics);
        _scratch.Append("\n# TYPE ").Append(family).Append(' ').Append(NameOf(head.Kind)).Append('\n');
        Text(_scratch.ToString());
    }

    private static string NameOf(MetricKind kind) => kind switch
    {
        MetricKind.Counter => "counter",
        MetricKind.Histogram => "histogram",
        _ => "gauge",
    };

    private void EndSample(Number value)
    {
        Bytes(" "u8);
        Value(value);
        Bytes("\n"u8);
    }

    private void Value(Number value) => _text.Advance(value.Write(_text.GetSpan(Number.MaxLength)));

    private void Text(string text) => Encoding.UTF8.GetBytes(text, _text);

    private void Bytes(ReadOnlySpan<byte> bytes) => _text.Write(bytes);
}
