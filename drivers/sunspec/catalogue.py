"""Models that the desk knows, in the notation of `definition`; a number means "laid out as that one".

Made by ``python -m tools.sunspec`` from the published definitions; tests hold it to them. Never edited by hand.
"""

MODELS = {
    1: "ID:u16 L:u16 Mn:str16 Md:str16 Opt:str8 Vr:str8 SN:str16 DA:u16! Pad:pad",
    101: (
        "ID:u16 L:u16 A:u16*A_SF/A AphA:u16*A_SF/A AphB:u16*A_SF/A AphC:u16*A_SF/A A_SF:sf PPVphAB:u16*V_SF/V "
        "PPVphBC:u16*V_SF/V PPVphCA:u16*V_SF/V PhVphA:u16*V_SF/V PhVphB:u16*V_SF/V PhVphC:u16*V_SF/V V_SF:sf "
        "W:i16*W_SF/W W_SF:sf Hz:u16*Hz_SF/Hz Hz_SF:sf VA:i16*VA_SF/VA VA_SF:sf VAr:i16*VAr_SF/var VAr_SF:sf "
        "PF:i16*PF_SF/Pct PF_SF:sf WH:a32*WH_SF/Wh WH_SF:sf DCA:u16*DCA_SF/A DCA_SF:sf DCV:u16*DCV_SF/V DCV_SF:sf "
        "DCW:i16*DCW_SF/W DCW_SF:sf TmpCab:i16*Tmp_SF/C TmpSnk:i16*Tmp_SF/C TmpTrns:i16*Tmp_SF/C TmpOt:i16*Tmp_SF/C "
        "Tmp_SF:sf St:e16 StVnd:e16 Evt1:b32 Evt2:b32 EvtVnd1:b32 EvtVnd2:b32 EvtVnd3:b32 EvtVnd4:b32"
    ),
    102: 101,
    103: 101,
    111: (
        "ID:u16 L:u16 A:f32/A AphA:f32/A AphB:f32/A AphC:f32/A PPVphAB:f32/V PPVphBC:f32/V PPVphCA:f32/V PhVphA:f32/V "
        "PhVphB:f32/V PhVphC:f32/V W:f32/W Hz:f32/Hz VA:f32/VA VAr:f32/var PF:f32/Pct WH:f32/Wh DCA:f32/A DCV:f32/V "
        "DCW:f32/W TmpCab:f32/C TmpSnk:f32/C TmpTrns:f32/C TmpOt:f32/C St:e16 StVnd:e16 Evt1:b32 Evt2:b32 EvtVnd1:b32 "
        "EvtVnd2:b32 EvtVnd3:b32 EvtVnd4:b32"
    ),
    112: 111,
    113: 111,
    120: (
        "ID:u16 L:u16 DERTyp:e16 WRtg:u16*WRtg_SF/W WRtg_SF:sf VARtg:u16*VARtg_SF/VA VARtg_SF:sf "
        "VArRtgQ1:i16*VArRtg_SF/var VArRtgQ2:i16*VArRtg_SF/var VArRtgQ3:i16*VArRtg_SF/var VArRtgQ4:i16*VArRtg_SF/var "
        "VArRtg_SF:sf ARtg:u16*ARtg_SF/A ARtg_SF:sf PFRtgQ1:i16*PFRtg_SF/cos() PFRtgQ2:i16*PFRtg_SF/cos() "
        "PFRtgQ3:i16*PFRtg_SF/cos() PFRtgQ4:i16*PFRtg_SF/cos() PFRtg_SF:sf WHRtg:u16*WHRtg_SF/Wh WHRtg_SF:sf "
        "AhrRtg:u16*AhrRtg_SF/AH AhrRtg_SF:sf MaxChaRte:u16*MaxChaRte_SF/W MaxChaRte_SF:sf "
        "MaxDisChaRte:u16*MaxDisChaRte_SF/W MaxDisChaRte_SF:sf Pad:pad"
    ),
    121: (
        "ID:u16 L:u16 WMax:u16*WMax_SF/W! VRef:u16*VRef_SF/V! VRefOfs:i16*VRefOfs_SF/V! VMax:u16*VMinMax_SF/V! "
        "VMin:u16*VMinMax_SF/V! VAMax:u16*VAMax_SF/VA! VArMaxQ1:i16*VArMax_SF/var! VArMaxQ2:i16*VArMax_SF/var! "
        "VArMaxQ3:i16*VArMax_SF/var! VArMaxQ4:i16*VArMax_SF/var! WGra:u16*WGra_SF/%_WMax/sec! "
        "PFMinQ1:i16*PFMin_SF/cos()! PFMinQ2:i16*PFMin_SF/cos()! PFMinQ3:i16*PFMin_SF/cos()! "
        "PFMinQ4:i16*PFMin_SF/cos()! VArAct:e16! ClcTotVA:e16! MaxRmpRte:u16*MaxRmpRte_SF/%_WGra! "
        "ECPNomHz:u16*ECPNomHz_SF/Hz! ConnPh:e16! WMax_SF:sf VRef_SF:sf VRefOfs_SF:sf VMinMax_SF:sf VAMax_SF:sf "
        "VArMax_SF:sf WGra_SF:sf PFMin_SF:sf MaxRmpRte_SF:sf ECPNomHz_SF:sf"
    ),
    122: (
        "ID:u16 L:u16 PVConn:b16 StorConn:b16 ECPConn:b16 ActWh:a64/Wh ActVAh:a64/VAh ActVArhQ1:a64/varh "
        "ActVArhQ2:a64/varh ActVArhQ3:a64/varh ActVArhQ4:a64/varh VArAval:i16*VArAval_SF/var VArAval_SF:sf "
        "WAval:u16*WAval_SF/W WAval_SF:sf StSetLimMsk:b32 StActCtl:b32 TmSrc:str4 Tms:u32/Secs RtSt:b16 "
        "Ris:u16*Ris_SF/ohms Ris_SF:sf"
    ),
    123: (
        "ID:u16 L:u16 Conn_WinTms:u16/Secs! Conn_RvrtTms:u16/Secs! Conn:e16! WMaxLimPct:u16*WMaxLimPct_SF/%_WMax! "
        "WMaxLimPct_WinTms:u16/Secs! WMaxLimPct_RvrtTms:u16/Secs! WMaxLimPct_RmpTms:u16/Secs! WMaxLim_Ena:e16! "
        "OutPFSet:i16*OutPFSet_SF/cos()! OutPFSet_WinTms:u16/Secs! OutPFSet_RvrtTms:u16/Secs! "
        "OutPFSet_RmpTms:u16/Secs! OutPFSet_Ena:e16! VArWMaxPct:i16*VArPct_SF/%_WMax! "
        "VArMaxPct:i16*VArPct_SF/%_VArMax! VArAvalPct:i16*VArPct_SF/%_VArAval! VArPct_WinTms:u16/Secs! "
        "VArPct_RvrtTms:u16/Secs! VArPct_RmpTms:u16/Secs! VArPct_Mod:e16! VArPct_Ena:e16! WMaxLimPct_SF:sf "
        "OutPFSet_SF:sf VArPct_SF:sf"
    ),
    124: (
        "ID:u16 L:u16 WChaMax:u16*WChaMax_SF/W! WChaGra:u16*WChaDisChaGra_SF/%_WChaMax/sec! "
        "WDisChaGra:u16*WChaDisChaGra_SF/%_WChaMax/sec! StorCtl_Mod:b16! VAChaMax:u16*VAChaMax_SF/VA! "
        "MinRsvPct:u16*MinRsvPct_SF/%_WChaMax! ChaState:u16*ChaState_SF/%_AhrRtg StorAval:u16*StorAval_SF/AH "
        "InBatV:u16*InBatV_SF/V ChaSt:e16 OutWRte:i16*InOutWRte_SF/%_WDisChaMax! InWRte:i16*InOutWRte_SF/%_WChaMax! "
        "InOutWRte_WinTms:u16/Secs! InOutWRte_RvrtTms:u16/Secs! InOutWRte_RmpTms:u16/Secs! ChaGriSet:e16! "
        "WChaMax_SF:sf WChaDisChaGra_SF:sf VAChaMax_SF:sf MinRsvPct_SF:sf ChaState_SF:sf StorAval_SF:sf InBatV_SF:sf "
        "InOutWRte_SF:sf"
    ),
    160: (
        "ID:u16 L:u16 DCA_SF:sf DCV_SF:sf DCW_SF:sf DCWH_SF:sf Evt:b32 N:cnt TmsPer:u16 {module[0] ID:u16 IDStr:str8 "
        "DCA:u16*DCA_SF/A DCV:u16*DCV_SF/V DCW:u16*DCW_SF/W DCWH:a32*DCWH_SF/Wh Tms:u32/Secs Tmp:i16/C DCSt:e16 "
        "DCEvt:b32 }"
    ),
    201: (
        "ID:u16 L:u16 A:i16*A_SF/A AphA:i16*A_SF/A AphB:i16*A_SF/A AphC:i16*A_SF/A A_SF:sf PhV:i16*V_SF/V "
        "PhVphA:i16*V_SF/V PhVphB:i16*V_SF/V PhVphC:i16*V_SF/V PPV:i16*V_SF/V PPVphAB:i16*V_SF/V PPVphBC:i16*V_SF/V "
        "PPVphCA:i16*V_SF/V V_SF:sf Hz:i16*Hz_SF/Hz Hz_SF:sf W:i16*W_SF/W WphA:i16*W_SF/W WphB:i16*W_SF/W "
        "WphC:i16*W_SF/W W_SF:sf VA:i16*VA_SF/VA VAphA:i16*VA_SF/VA VAphB:i16*VA_SF/VA VAphC:i16*VA_SF/VA VA_SF:sf "
        "VAR:i16*VAR_SF/var VARphA:i16*VAR_SF/var VARphB:i16*VAR_SF/var VARphC:i16*VAR_SF/var VAR_SF:sf "
        "PF:i16*PF_SF/Pct PFphA:i16*PF_SF/Pct PFphB:i16*PF_SF/Pct PFphC:i16*PF_SF/Pct PF_SF:sf "
        "TotWhExp:a32*TotWh_SF/Wh TotWhExpPhA:a32*TotWh_SF/Wh TotWhExpPhB:a32*TotWh_SF/Wh TotWhExpPhC:a32*TotWh_SF/Wh "
        "TotWhImp:a32*TotWh_SF/Wh TotWhImpPhA:a32*TotWh_SF/Wh TotWhImpPhB:a32*TotWh_SF/Wh TotWhImpPhC:a32*TotWh_SF/Wh "
        "TotWh_SF:sf TotVAhExp:a32*TotVAh_SF/VAh TotVAhExpPhA:a32*TotVAh_SF/VAh TotVAhExpPhB:a32*TotVAh_SF/VAh "
        "TotVAhExpPhC:a32*TotVAh_SF/VAh TotVAhImp:a32*TotVAh_SF/VAh TotVAhImpPhA:a32*TotVAh_SF/VAh "
        "TotVAhImpPhB:a32*TotVAh_SF/VAh TotVAhImpPhC:a32*TotVAh_SF/VAh TotVAh_SF:sf TotVArhImpQ1:a32*TotVArh_SF/varh "
        "TotVArhImpQ1PhA:a32*TotVArh_SF/varh TotVArhImpQ1PhB:a32*TotVArh_SF/varh TotVArhImpQ1PhC:a32*TotVArh_SF/varh "
        "TotVArhImpQ2:a32*TotVArh_SF/varh TotVArhImpQ2PhA:a32*TotVArh_SF/varh TotVArhImpQ2PhB:a32*TotVArh_SF/varh "
        "TotVArhImpQ2PhC:a32*TotVArh_SF/varh TotVArhExpQ3:a32*TotVArh_SF/varh TotVArhExpQ3PhA:a32*TotVArh_SF/varh "
        "TotVArhExpQ3PhB:a32*TotVArh_SF/varh TotVArhExpQ3PhC:a32*TotVArh_SF/varh TotVArhExpQ4:a32*TotVArh_SF/varh "
        "TotVArhExpQ4PhA:a32*TotVArh_SF/varh TotVArhExpQ4PhB:a32*TotVArh_SF/varh TotVArhExpQ4PhC:a32*TotVArh_SF/varh "
        "TotVArh_SF:sf Evt:b32"
    ),
    202: (
        "ID:u16 L:u16 A:i16*A_SF/A AphA:i16*A_SF/A AphB:i16*A_SF/A AphC:i16*A_SF/A A_SF:sf PhV:i16*V_SF/V "
        "PhVphA:i16*V_SF/V PhVphB:i16*V_SF/V PhVphC:i16*V_SF/V PPV:i16*V_SF/V PhVphAB:i16*V_SF/V PhVphBC:i16*V_SF/V "
        "PhVphCA:i16*V_SF/V V_SF:sf Hz:i16*Hz_SF/Hz Hz_SF:sf W:i16*W_SF/W WphA:i16*W_SF/W WphB:i16*W_SF/W "
        "WphC:i16*W_SF/W W_SF:sf VA:i16*VA_SF/VA VAphA:i16*VA_SF/VA VAphB:i16*VA_SF/VA VAphC:i16*VA_SF/VA VA_SF:sf "
        "VAR:i16*VAR_SF/var VARphA:i16*VAR_SF/var VARphB:i16*VAR_SF/var VARphC:i16*VAR_SF/var VAR_SF:sf "
        "PF:i16*PF_SF/Pct PFphA:i16*PF_SF/Pct PFphB:i16*PF_SF/Pct PFphC:i16*PF_SF/Pct PF_SF:sf "
        "TotWhExp:a32*TotWh_SF/Wh TotWhExpPhA:a32*TotWh_SF/Wh TotWhExpPhB:a32*TotWh_SF/Wh TotWhExpPhC:a32*TotWh_SF/Wh "
        "TotWhImp:a32*TotWh_SF/Wh TotWhImpPhA:a32*TotWh_SF/Wh TotWhImpPhB:a32*TotWh_SF/Wh TotWhImpPhC:a32*TotWh_SF/Wh "
        "TotWh_SF:sf TotVAhExp:a32*TotVAh_SF/VAh TotVAhExpPhA:a32*TotVAh_SF/VAh TotVAhExpPhB:a32*TotVAh_SF/VAh "
        "TotVAhExpPhC:a32*TotVAh_SF/VAh TotVAhImp:a32*TotVAh_SF/VAh TotVAhImpPhA:a32*TotVAh_SF/VAh "
        "TotVAhImpPhB:a32*TotVAh_SF/VAh TotVAhImpPhC:a32*TotVAh_SF/VAh TotVAh_SF:sf TotVArhImpQ1:a32*TotVArh_SF/varh "
        "TotVArhImpQ1PhA:a32*TotVArh_SF/varh TotVArhImpQ1PhB:a32*TotVArh_SF/varh TotVArhImpQ1PhC:a32*TotVArh_SF/varh "
        "TotVArhImpQ2:a32*TotVArh_SF/varh TotVArhImpQ2PhA:a32*TotVArh_SF/varh TotVArhImpQ2PhB:a32*TotVArh_SF/varh "
        "TotVArhImpQ2PhC:a32*TotVArh_SF/varh TotVArhExpQ3:a32*TotVArh_SF/varh TotVArhExpQ3PhA:a32*TotVArh_SF/varh "
        "TotVArhExpQ3PhB:a32*TotVArh_SF/varh TotVArhExpQ3PhC:a32*TotVArh_SF/varh TotVArhExpQ4:a32*TotVArh_SF/varh "
        "TotVArhExpQ4PhA:a32*TotVArh_SF/varh TotVArhExpQ4PhB:a32*TotVArh_SF/varh TotVArhExpQ4PhC:a32*TotVArh_SF/varh "
        "TotVArh_SF:sf Evt:b32"
    ),
    203: 202,
    204: 202,
    302: "ID:u16 L:u16 {repeating[0] GHI:u16/W/m2 POAI:u16/W/m2 DFI:u16/W/m2 DNI:u16/W/m2 OTI:u16/W/m2 }",
    307: (
        "ID:u16 L:u16 TmpAmb:i16*-1/C RH:i16/Pct Pres:i16/HPa WndSpd:i16/mps WndDir:i16/deg Rain:i16/mm Snw:i16/mm "
        "PPT:i16 ElecFld:i16/Vm SurWet:i16/kO SoilWet:i16/Pct"
    ),
    701: (
        "ID:u16 L:u16 ACType:e16 St:e16 InvSt:e16 ConnSt:e16 Alrm:b32 DERMode:b32 W:i16*W_SF/W VA:i16*VA_SF/VA "
        "Var:i16*Var_SF/Var PF:i16*PF_SF A:i16*A_SF/A LLV:u16*V_SF/V LNV:u16*V_SF/V Hz:u32*Hz_SF/Hz "
        "TotWhInj:u64*TotWh_SF/Wh TotWhAbs:u64*TotWh_SF/Wh TotVarhInj:u64*TotVarh_SF/Varh "
        "TotVarhAbs:u64*TotVarh_SF/Varh TmpAmb:i16*Tmp_SF/C TmpCab:i16*Tmp_SF/C TmpSnk:i16*Tmp_SF/C "
        "TmpTrns:i16*Tmp_SF/C TmpSw:i16*Tmp_SF/C TmpOt:i16*Tmp_SF/C WL1:i16*W_SF/W VAL1:i16*VA_SF/VA "
        "VarL1:i16*Var_SF/Var PFL1:i16*PF_SF AL1:i16*A_SF/A VL1L2:u16*V_SF/V VL1:u16*V_SF/V "
        "TotWhInjL1:u64*TotWh_SF/Wh TotWhAbsL1:u64*TotWh_SF/Wh TotVarhInjL1:u64*TotVarh_SF/Varh "
        "TotVarhAbsL1:u64*TotVarh_SF/Varh WL2:i16*W_SF/W VAL2:i16*VA_SF/VA VarL2:i16*Var_SF/Var PFL2:i16*PF_SF "
        "AL2:i16*A_SF/A VL2L3:u16*V_SF/V VL2:u16*V_SF/V TotWhInjL2:u64*TotWh_SF/Wh TotWhAbsL2:u64*TotWh_SF/Wh "
        "TotVarhInjL2:u64*TotVarh_SF/Varh TotVarhAbsL2:u64*TotVarh_SF/Varh WL3:i16*W_SF/W VAL3:i16*VA_SF/VA "
        "VarL3:i16*Var_SF/Var PFL3:i16*PF_SF AL3:i16*A_SF/A VL3L1:u16*V_SF/V VL3:u16*V_SF/V "
        "TotWhInjL3:u64*TotWh_SF/Wh TotWhAbsL3:u64*TotWh_SF/Wh TotVarhInjL3:u64*TotVarh_SF/Varh "
        "TotVarhAbsL3:u64*TotVarh_SF/Varh ThrotPct:u16/Pct ThrotSrc:b32 A_SF:sf V_SF:sf Hz_SF:sf W_SF:sf PF_SF:sf "
        "VA_SF:sf Var_SF:sf TotWh_SF:sf TotVarh_SF:sf Tmp_SF:sf MnAlrmInfo:str32"
    ),
    702: (
        "ID:u16 L:u16 WMaxRtg:u16*W_SF/W WOvrExtRtg:u16*W_SF/W WOvrExtRtgPF:u16*PF_SF WUndExtRtg:u16*W_SF/W "
        "WUndExtRtgPF:u16*PF_SF VAMaxRtg:u16*VA_SF/VA VarMaxInjRtg:u16*Var_SF/Var VarMaxAbsRtg:u16*Var_SF/Var "
        "WChaRteMaxRtg:u16*W_SF/W WDisChaRteMaxRtg:u16*W_SF/W VAChaRteMaxRtg:u16*VA_SF/VA "
        "VADisChaRteMaxRtg:u16*VA_SF/VA VNomRtg:u16*V_SF/V VMaxRtg:u16*V_SF/V VMinRtg:u16*V_SF/V AMaxRtg:u16*A_SF/A "
        "PFOvrExtRtg:u16*PF_SF PFUndExtRtg:u16*PF_SF ReactSusceptRtg:u16*S_SF/S NorOpCatRtg:e16 AbnOpCatRtg:e16 "
        "CtrlModes:b32 IntIslandCatRtg:b16 WMax:u16*W_SF/W! WMaxOvrExt:u16*W_SF/W! WOvrExtPF:u16*PF_SF! "
        "WMaxUndExt:u16*W_SF/W! WUndExtPF:u16*PF_SF! VAMax:u16*VA_SF/VA! VarMaxInj:u16*Var_SF/Var! "
        "VarMaxAbs:u16*Var_SF/Var! WChaRteMax:u16*W_SF/W! WDisChaRteMax:u16*W_SF/W! VAChaRteMax:u16*VA_SF/VA! "
        "VADisChaRteMax:u16*VA_SF/VA! VNom:u16*V_SF/V! VMax:u16*V_SF/V! VMin:u16*V_SF/V! AMax:u16*A_SF/A! "
        "PFOvrExt:u16*PF_SF! PFUndExt:u16*PF_SF! IntIslandCat:b16! W_SF:sf PF_SF:sf VA_SF:sf Var_SF:sf V_SF:sf "
        "A_SF:sf S_SF:sf"
    ),
    703: (
        "ID:u16 L:u16 ES:e16! ESVHi:u16*V_SF/Pct! ESVLo:u16*V_SF/Pct! ESHzHi:u32*Hz_SF/Hz! ESHzLo:u32*Hz_SF/Hz! "
        "ESDlyTms:u32/Secs! ESRndTms:u32/Secs! ESRmpTms:u32/Secs! ESDlyRemTms:u32/Secs V_SF:sf Hz_SF:sf"
    ),
    704: (
        "ID:u16 L:u16 PFWInjEna:e16! PFWInjEnaRvrt:e16! PFWInjRvrtTms:u32/Secs! PFWInjRvrtRem:u32/Secs PFWAbsEna:e16! "
        "PFWAbsEnaRvrt:e16! PFWAbsRvrtTms:u32/Secs! PFWAbsRvrtRem:u32/Secs WMaxLimPctEna:e16! "
        "WMaxLimPct:u16*WMaxLimPct_SF/Pct! WMaxLimPctRvrt:u16*WMaxLimPct_SF/Pct! WMaxLimPctEnaRvrt:e16! "
        "WMaxLimPctRvrtTms:u32/Secs! WMaxLimPctRvrtRem:u32/Secs WSetEna:e16! WSetMod:e16! WSet:i32*WSet_SF/W! "
        "WSetRvrt:i32*WSet_SF/W! WSetPct:i16*WSetPct_SF/Pct! WSetPctRvrt:i16*WSetPct_SF/Pct! WSetEnaRvrt:e16! "
        "WSetRvrtTms:u32/Secs! WSetRvrtRem:u32/Secs VarSetEna:e16! VarSetMod:e16! VarSetPri:e16! "
        "VarSet:i32*VarSet_SF/Var! VarSetRvrt:i32*VarSet_SF/Var! VarSetPct:i16*VarSetPct_SF/Pct! "
        "VarSetPctRvrt:i16*VarSetPct_SF/Pct! VarSetEnaRvrt:e16! VarSetRvrtTms:u32/Secs! VarSetRvrtRem:u32/Secs "
        "WRmp:u16/%Max/Sec! WRmpRef:e16! VarRmp:u16/%Max/Sec! AntiIslEna:e16! PF_SF:sf WMaxLimPct_SF:sf WSet_SF:sf "
        "WSetPct_SF:sf VarSet_SF:sf VarSetPct_SF:sf {PFWInj PF:u16*PF_SF! Ext:e16! } {PFWInjRvrt PF:u16*PF_SF! "
        "Ext:e16! } {PFWAbs PF:u16*PF_SF! Ext:e16! } {PFWAbsRvrt PF:u16*PF_SF! Ext:e16! }"
    ),
    705: (
        "ID:u16 L:u16 Ena:e16! AdptCrvReq:u16! AdptCrvRslt:e16 NPt:u16 NCrv:u16 RvrtTms:u32/Secs! RvrtRem:u32/Secs "
        "RvrtCrv:u16! V_SF:sf DeptRef_SF:sf RspTms_SF:sf {Crv[NCrv] ActPt:u16! DeptRef:e16! Pri:e16! "
        "VRef:u16*V_SF/VNomPct! VRefAuto:u16*V_SF/VNomPct VRefAutoEna:e16! VRefAutoTms:u16/Secs! "
        "RspTms:u32*RspTms_SF/Secs! ReadOnly:e16 {Pt[NPt] V:u16*V_SF/VNomPct! Var:i16*DeptRef_SF/DeptRef! } }"
    ),
    706: (
        "ID:u16 L:u16 Ena:e16! AdptCrvReq:u16! AdptCrvRslt:e16 NPt:u16 NCrv:u16 RvrtTms:u32/Secs! RvrtRem:u32/Secs "
        "RvrtCrv:u16! V_SF:sf DeptRef_SF:sf RspTms_SF:sf {Crv[NCrv] ActPt:u16! DeptRef:e16! "
        "RspTms:u32*RspTms_SF/Secs! ReadOnly:e16 {Pt[NPt] V:u16*V_SF/VNomPct! W:i16*DeptRef_SF/DeptRef! } }"
    ),
    707: (
        "ID:u16 L:u16 Ena:e16! AdptCrvReq:u16! AdptCrvRslt:e16 NPt:u16 NCrvSet:u16 V_SF:sf Tms_SF:sf {Crv[NCrvSet] "
        "ReadOnly:e16 {MustTrip ActPt:u16! {Pt[NPt] V:u16*V_SF/VNomPct! Tms:u32*Tms_SF/Secs! } } {MayTrip ActPt:u16! "
        "{Pt[NPt] V:u16*V_SF/VNomPct! Tms:u32*Tms_SF/Secs! } } {MomCess ActPt:u16! {Pt[NPt] V:u16*V_SF/VNomPct! "
        "Tms:u32*Tms_SF/Secs! } } }"
    ),
    708: 707,
    709: (
        "ID:u16 L:u16 Ena:e16! AdptCrvReq:u16! AdptCrvRslt:e16 NPt:u16 NCrvSet:u16 Hz_SF:sf Tms_SF:sf {Crv[NCrvSet] "
        "ReadOnly:e16 {MustTrip ActPt:u16! {Pt[NPt] Hz:u32*Hz_SF/Hz! Tms:u32*Tms_SF/Secs! } } {MayTrip ActPt:u16! "
        "{Pt[NPt] Hz:u32*Hz_SF/Hz! Tms:u32*Tms_SF/Secs! } } {MomCess ActPt:u16! {Pt[NPt] Hz:u32*Hz_SF/Hz! "
        "Tms:u32*Tms_SF/Secs! } } }"
    ),
    710: 709,
    711: (
        "ID:u16 L:u16 Ena:e16! AdptCtlReq:u16! AdptCtlRslt:e16 NCtl:u16 RvrtTms:u32/Secs! RvrtRem:u32/Secs "
        "RvrtCtl:u16! Db_SF:sf K_SF:sf RspTms_SF:sf {Ctl[NCtl] DbOf:u32*Db_SF/Hz! DbUf:u32*Db_SF/Hz! KOf:u16*K_SF! "
        "KUf:u16*K_SF! RspTms:u32*RspTms_SF/Secs! PMin:i16/Pct! ReadOnly:e16 }"
    ),
    712: (
        "ID:u16 L:u16 Ena:e16! AdptCrvReq:u16! AdptCrvRslt:e16 NPt:u16 NCrv:u16 RvrtTms:u32/Secs! RvrtRem:u32/Secs "
        "RvrtCrv:u16! W_SF:sf DeptRef_SF:sf {Crv[NCrv] ActPt:u16! DeptRef:e16! Pri:e16! ReadOnly:e16 {Pt[NPt] "
        "W:i16*W_SF/WMaxPct! Var:i16*DeptRef_SF/VarPct! } }"
    ),
    713: (
        "ID:u16 L:u16 WHRtg:u16*WH_SF/WH WHAvail:u16*WH_SF/WH SoC:u16*Pct_SF/Pct SoH:u16*Pct_SF/Pct Sta:e16 WH_SF:sf "
        "Pct_SF:sf"
    ),
    714: (
        "ID:u16 L:u16 PrtAlrms:b32 NPrt:u16 DCA:i16*DCA_SF/A DCW:i16*DCW_SF/W DCWhInj:u64*DCWH_SF/Wh "
        "DCWhAbs:u64*DCWH_SF/Wh DCA_SF:sf DCV_SF:sf DCW_SF:sf DCWH_SF:sf Tmp_SF:sf {Prt[NPrt] PrtTyp:e16 ID:u16 "
        "IDStr:str8 DCA:i16*DCA_SF/A DCV:u16*DCV_SF/V DCW:i16*DCW_SF/W DCWhInj:u64*DCWH_SF/Wh DCWhAbs:u64*DCWH_SF/Wh "
        "Tmp:i16*Tmp_SF/C DCSta:e16 DCAlrm:b32 }"
    ),
    715: "ID:u16 L:u16 LocRemCtl:e16 DERHb:u32 ControllerHb:u32! AlarmReset:u16! OpCtl:e16!",
    802: (
        "ID:u16 L:u16 AHRtg:u16*AHRtg_SF/Ah WHRtg:u16*WHRtg_SF/Wh WChaRteMax:u16*WChaDisChaMax_SF/W "
        "WDisChaRteMax:u16*WChaDisChaMax_SF/W DisChaRte:u16*DisChaRte_SF/%WHRtg SoCMax:u16*SoC_SF/%WHRtg "
        "SoCMin:u16*SoC_SF/%WHRtg SocRsvMax:u16*SoC_SF/%WHRtg! SoCRsvMin:u16*SoC_SF/%WHRtg! SoC:u16*SoC_SF/%WHRtg "
        "DoD:u16*DoD_SF/% SoH:u16*SoH_SF/% NCyc:u32 ChaSt:e16 LocRemCtl:e16 Hb:u16 CtrlHb:u16! AlmRst:u16! Typ:e16 "
        "State:e16 StateVnd:e16 WarrDt:u32 Evt1:b32 Evt2:b32 EvtVnd1:b32 EvtVnd2:b32 V:u16*V_SF/V VMax:u16*V_SF/V "
        "VMin:u16*V_SF/V CellVMax:u16*CellV_SF/V CellVMaxStr:u16 CellVMaxMod:u16 CellVMin:u16*CellV_SF/V "
        "CellVMinStr:u16 CellVMinMod:u16 CellVAvg:u16*CellV_SF/V A:i16*A_SF/A AChaMax:u16*AMax_SF/A "
        "ADisChaMax:u16*AMax_SF/A W:i16*W_SF/W ReqInvState:e16 ReqW:i16*W_SF/W SetOp:e16! SetInvState:e16! "
        "AHRtg_SF:sf WHRtg_SF:sf WChaDisChaMax_SF:sf DisChaRte_SF:sf SoC_SF:sf DoD_SF:sf SoH_SF:sf V_SF:sf "
        "CellV_SF:sf A_SF:sf AMax_SF:sf W_SF:sf"
    ),
    803: (
        "ID:u16 L:u16 NStr:u16 NStrCon:u16 ModTmpMax:i16*ModTmp_SF/C ModTmpMaxStr:u16 ModTmpMaxMod:u16 "
        "ModTmpMin:i16*ModTmp_SF/C ModTmpMinStr:u16 ModTmpMinMod:u16 ModTmpAvg:i16*ModTmp_SF/C StrVMax:u16*V_SF/V "
        "StrVMaxStr:u16 StrVMin:u16*V_SF/V StrVMinStr:u16 StrVAvg:u16*V_SF/V StrAMax:i16*A_SF/A StrAMaxStr:u16 "
        "StrAMin:i16*A_SF/A StrAMinStr:u16 StrAAvg:i16*A_SF/A NCellBal:u16 CellV_SF:sf ModTmp_SF:sf A_SF:sf SoH_SF:sf "
        "SoC_SF:sf V_SF:sf {string[NStr] StrNMod:u16 StrSt:b32 StrConFail:e16 StrSoC:u16*SoC_SF/% StrSoH:u16*SoH_SF/% "
        "StrA:i16*A_SF/A StrCellVMax:u16*CellV_SF/V StrCellVMaxMod:u16 StrCellVMin:u16*CellV_SF/V StrCellVMinMod:u16 "
        "StrCellVAvg:u16*CellV_SF/V StrModTmpMax:i16*ModTmp_SF/C StrModTmpMaxMod:u16 StrModTmpMin:i16*ModTmp_SF/C "
        "StrModTmpMinMod:u16 StrModTmpAvg:i16*ModTmp_SF/C StrDisRsn:e16 StrConSt:b32 StrEvt1:b32 StrEvt2:b32 "
        "StrEvtVnd1:b32 StrEvtVnd2:b32 StrSetEna:e16! StrSetCon:e16! Pad1:pad Pad2:pad }"
    ),
}
