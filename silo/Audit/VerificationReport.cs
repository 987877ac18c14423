using Cluster.V1;

namespace Cluster.Silo.Audit;

/// <summary>Collects what a verification finds, until there is enough of it to see that the log is worth nothing.</summary>
internal sealed class VerificationReport
{
    private const int MaxFindings = 1_000;

    private List<AuditFinding> _findings = [];
    private int _total;

    /// <summary>Rows that are there and sealed.</summary>
    public long Entries { get; set; }

    /// <summary>Seals seen.</summary>
    public long Seals { get; set; }

    /// <summary>Rows too new to be sealed.</summary>
    public long Unsealed { get; set; }

    /// <summary>Whether more findings would be left out.</summary>
    public bool IsFull => _total >= MaxFindings;

    /// <summary>Adds a finding.</summary>
    /// <param name="auditId">The row; 0 where a seal as a whole is meant.</param>
    /// <param name="sealNumber">The seal; 0 where there is none.</param>
    /// <param name="text">What is wrong.</param>
    public void Add(long auditId, long sealNumber, string text)
    {
        _total++;
        if (_total <= MaxFindings)
        {
            _findings.Add(new AuditFinding { AuditId = (ulong)auditId, SealNumber = (ulong)sealNumber, Text = text });
        }
        else if (_total == MaxFindings + 1)
        {
            _findings.Add(new AuditFinding { Text = $"there is more; the first {MaxFindings:N0} findings are told" });
        }
    }

    /// <summary>What was found since the last time.</summary>
    public AuditVerification Take()
    {
        var verification = new AuditVerification { Entries = (ulong)Entries, Seals = (ulong)Seals, Unsealed = (ulong)Unsealed };
        verification.Findings.AddRange(_findings);
        _findings = [];
        return verification;
    }

    /// <summary>The rest.</summary>
    /// <param name="anchor">Of the newest seal.</param>
    public AuditVerification End(string anchor)
    {
        var verification = Take();
        (verification.Done, verification.Anchor) = (true, anchor);
        return verification;
    }
}
